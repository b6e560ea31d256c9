// Working time left, and how long a call lasts, second by second. The server says how much, whether it runs just now, and
// when that changes, after which the page asks it again; no calendar is reckoned here.
import { $$ } from "./dom.js";

const seen = new WeakMap();

export function words(seconds, days) {
  const over = seconds < 0, whole = Math.abs(Math.trunc(seconds));
  const hours = Math.floor(whole / 3600), minutes = Math.floor((whole % 3600) / 60);
  let text;
  if (days && whole >= 172800) text = `${Math.floor(whole / 86400)} days ${Math.floor((whole % 86400) / 3600)} h`;
  else if (whole < 60) text = `${whole} s`;
  else if (whole < 3600) text = `${minutes} min`;
  else text = minutes ? `${hours} h ${String(minutes).padStart(2, "0")} min` : `${hours} h`;
  return `${text} ${over ? "over" : "left"}`;
}

function step() {
  if (document.hidden) return;
  const at = performance.now() / 1000;
  let stale = false;
  for (const place of $$("[data-left]")) {
    if (!seen.has(place)) seen.set(place, at);
    const passed = at - seen.get(place);
    const turns = place.dataset.turns === undefined ? Infinity : Number(place.dataset.turns);
    const left = Number(place.dataset.left) - (place.dataset.ticking === "1" ? Math.min(passed, turns) : 0);
    const text = words(left, "days" in place.dataset);
    if (place.textContent !== text) place.textContent = text;
    const line = place.closest(".left");
    if (line && left < 0 && !line.classList.contains("left--over")) stale = true;
    if (passed > turns + 1) stale = true;
  }
  if (stale && at - asked > 10) {
    asked = at;
    document.dispatchEvent(new CustomEvent("mainstay:stale"));
  }
}

/** How long a call has lasted: the server says what it was when the page came. */
function lasting() {
  for (const place of $$("[data-since]")) {
    const seconds = Number(place.dataset.since) + Math.floor(performance.now() / 1000 - began);
    const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    const text = `${hours ? `${hours}:${String(minutes).padStart(2, "0")}` : minutes}:${String(rest).padStart(2, "0")}`;
    if (place.textContent !== text) place.textContent = text;
  }
}

let asked = 0, began = 0;

export function tick() {
  began = performance.now() / 1000;
  for (const beat of [step, lasting]) { beat(); setInterval(beat, 1000); }
  document.addEventListener("visibilitychange", step);
  document.addEventListener("mainstay:fresh", step);
}
