// What the pages of notices do besides what every page does.
import { leave } from "../desktop/leave.js";
import { filters } from "../filters.js";

leave();
filters();
