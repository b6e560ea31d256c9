// The console in the browser: one module per thing it does, joined here.
import { tick } from "./countdown.js";
import { live } from "./live.js";
import { keys } from "./keys.js";
import { palette } from "./palette.js";
import { compose } from "./compose.js";
import { attach } from "./attach.js";
import { picker } from "./picker.js";
import { macroPicker } from "./macros.js";
import { mentions } from "./mentions.js";
import { here } from "./here.js";
import { dialogs } from "./dialogs.js";
import { list } from "./list.js";
import { call } from "./call.js";
import { reply } from "./reply.js";
import { small } from "./small.js";

const page = { root: document, ready: document.readyState };
for (const begin of [small, list, dialogs, compose, attach, picker, mentions, macroPicker, here, reply, palette, keys, call, tick, live]) begin(page);

// Only for whom the desktop may speak to, or who is just asked whether it may.
const asked = document.querySelector("[data-ask-desktop]") !== null;
if ("Notification" in window && (asked || Notification.permission === "granted")) import("./desktop/notify.js").then(({ notify }) => notify());
