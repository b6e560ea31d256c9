// What a list of tickets does besides what every page does.
import { list } from "../list.js";

list();
