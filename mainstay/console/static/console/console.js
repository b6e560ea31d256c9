// The console in the browser: one module per thing it does, joined here.
import { tick } from "./countdown.js";
import { live } from "./live.js";
import { keys } from "./keys.js";
import { palette } from "./palette.js";
import { compose } from "./compose.js";
import { attach } from "./attach.js";
import { here } from "./here.js";
import { dialogs } from "./dialogs.js";
import { list } from "./list.js";
import { call } from "./call.js";
import { reply } from "./reply.js";
import { small } from "./small.js";
import { notify } from "./notify.js";

const page = { root: document, ready: document.readyState };
for (const begin of [small, list, dialogs, compose, attach, here, reply, palette, keys, call, tick, live, notify]) begin(page);
