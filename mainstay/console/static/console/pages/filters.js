// What a page with filters does besides what every page does.
import { filters } from "../filters.js";

filters();
