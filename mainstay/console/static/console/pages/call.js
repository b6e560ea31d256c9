// What the telephone's pages do besides what every page does.
import { call } from "../call.js";

call();
