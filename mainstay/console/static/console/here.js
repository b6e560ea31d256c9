// Who else is at this ticket: each page says that it is open and whether somebody types, and hears of the others.
import { $, fragment, on, post } from "./dom.js";

const BEAT = 15_000, RESTS = 8_000; // milliseconds; the server forgets a page after 40 seconds
const token = Math.random().toString(36).slice(2);
let address, typing = "", resting = 0, shown;

export function here() {
  address = $("[data-here]")?.dataset.here;
  if (!address) return;
  on("input", "form[data-pane] textarea", (_, area) => {
    clearTimeout(resting);
    resting = setTimeout(() => types(""), RESTS);
    types(area.value.trim() ? area.form.dataset.pane : "");
  });
  document.addEventListener("mainstay:here", look);
  document.addEventListener("mainstay:fresh", () => { if (shown) faces(); });
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : tell()));
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => { if (event.persisted) tell(); });
  setInterval(() => { if (!document.hidden) tell(); }, BEAT);
  tell();
}

function types(pane) {
  if (pane === typing) return;
  typing = pane;
  tell();
}

async function tell() {
  const answer = await post(address, { page: token, typing });
  if (answer?.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
}

async function look() {
  const found = await fragment(address);
  if (found) take(found);
}

function leave() {
  post(address, { page: token, leaving: "1" });
}

function take(found) {
  shown = $("[data-part=faces]", found);
  if (!shown) return;
  faces();
  const words = $("[data-part=words]", found).textContent.trim(), said = $("#here-said"), beside = $("#beside"), lines = $("[data-part=beside]", found);
  if (said.textContent !== words) said.textContent = words;
  if (beside && beside.textContent.trim() !== lines.textContent.trim()) beside.replaceChildren(...lines.childNodes);
}

function faces() {
  $("#here-faces")?.replaceChildren(shown.cloneNode(true));
}
