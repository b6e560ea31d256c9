// What a ticket's page does besides what every page does: writing with files, names and macros, and who else is here.
import { attach } from "../attach.js";
import { picker } from "../picker.js";
import { mentions } from "../mentions.js";
import { macroPicker } from "../macros.js";
import { here } from "../here.js";
import { reply } from "../reply.js";

for (const begin of [attach, picker, mentions, macroPicker, here, reply]) begin();
