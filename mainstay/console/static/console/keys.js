// Keys that save a journey of the hand. Single keys rest while somebody types; every one of them is also a control.
import { $, $$, on, typing } from "./dom.js";

export function keys() {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return send(event);
    if (event.ctrlKey || event.metaKey || event.altKey || typing() || $("dialog[open]")) return;
    const act = { j: () => go(1), k: () => go(-1), r: () => pane("reply"), n: () => pane("note"), m: () => { if (!$(".pane:not([hidden])")) return; document.dispatchEvent(new CustomEvent("mainstay:macros")); }, u: () => back(), "?": () => $("#help").showModal(), "/": () => find() }[event.key];
    if (act) { event.preventDefault(); act(); }
    if (/^[a-z1-9]$/.test(event.key)) press(event, $(`[data-key-${event.key}]`));
    if (event.key === "Enter" && document.activeElement === document.body) press(event, $("tr.at .subject"));
  });
  on("focusin", "tr[data-key]", (_, row) => mark(row));
}

function send(event) {
  const form = document.activeElement?.closest("form[data-send]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit();
}

function press(event, element) {
  if (!element) return;
  event.preventDefault();
  element.click();
}

function mark(row) {
  for (const other of $$("tr.at")) if (other !== row) other.classList.remove("at");
  row.classList.add("at");
}

function go(step) {
  const stops = $$("tbody tr[data-key], [data-stop]");
  if (!stops.length) return;
  const at = stops.findIndex((stop) => stop.classList.contains("at") || stop.contains(document.activeElement));
  const next = stops[Math.min(Math.max(at + step, 0), stops.length - 1)];
  const focus = next.matches("tr") ? $(".subject", next) : next;
  focus.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function pane(name) {
  const tab = document.getElementById(`tab-${name}`);
  if (!tab) return;
  tab.click();
  $(`#pane-${name} textarea`)?.focus();
}

function find() {
  const ask = $("#search-ask");
  if (!ask) return location.assign(document.body.dataset.search);
  ask.focus();
  ask.select();
}

function back() {
  const last = sessionStorage.getItem("list");
  location.assign(last && last.startsWith("/views/") ? last : "/");
}
