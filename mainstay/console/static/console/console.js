// What every page does, one module per thing. What some pages do comes with them (`pages/`), and what few ask for is
// fetched when they do.
import { tick } from "./countdown.js";
import { live } from "./live.js";
import { deeds, keys } from "./keys.js";
import { compose } from "./compose.js";
import { dialogs } from "./dialogs.js";
import { small } from "./small.js";
import { $, on } from "./dom.js";

for (const begin of [small, dialogs, compose, keys, tick, live]) begin();

deeds.palette = palette;
on("click", "[data-open=palette]", palette);

/** Open at once, so that nobody types into the page below while the rest is fetched. */
function palette() {
  const box = $("#palette"), ask = $("#palette-ask");
  if (!box || box.open) return;
  box.showModal();
  ask.value = "";
  ask.focus();
  import("./palette.js").then(({ opened }) => opened());
}

// Only for whom the desktop may speak to.
if ("Notification" in window && Notification.permission === "granted") import("./desktop/notify.js").then(({ notify }) => notify());
