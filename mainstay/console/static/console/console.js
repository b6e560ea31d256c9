// The console in the browser: what every page does, one module per thing. What only some pages do comes with those
// pages (`pages/`), and what few people ask for is fetched when they do.
import { tick } from "./countdown.js";
import { live } from "./live.js";
import { keys } from "./keys.js";
import { compose } from "./compose.js";
import { dialogs } from "./dialogs.js";
import { small } from "./small.js";
import { $, on } from "./dom.js";

for (const begin of [small, dialogs, compose, keys, tick, live]) begin();

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); palette(); }
});
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

// Only for whom the desktop may speak to, or who is just asked whether it may.
const asked = $("[data-ask-desktop]") !== null;
if ("Notification" in window && (asked || Notification.permission === "granted")) import("./desktop/notify.js").then(({ notify }) => notify());
