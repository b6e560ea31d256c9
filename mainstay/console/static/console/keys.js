// Hears the keys of the keymap, which the page carries. What one does is a control (`data-does`), or a deed kept here.
import { $, $$, on, typing } from "./dom.js";

const map = JSON.parse($("#keymap")?.textContent ?? "[]"); // [combination, what it does, where, while typing too]

export const deeds = {
  "search": find,
  "help": () => import("./help.js").then(({ help }) => help()),
  "back": back,
  "next": () => go(1),
  "previous": () => go(-1),
  "open": () => document.activeElement === document.body && press($("tr.at .subject")),
  "macro": () => !!$(".pane:not([hidden])") && document.dispatchEvent(new CustomEvent("mainstay:macros")),
  "send": send,
};

export function keys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || !event.key) return;
    const combo = spelled(event);
    for (const [key, does, where, always] of map) {
      if (key !== combo || (where && !$(where))) continue;
      if (!always && (typing() || $("dialog[open]"))) return;
      if (key.length === 1 && document.body.dataset.keys === "off") return;
      if (perform(does) !== false) { event.preventDefault(); return; }
    }
  });
  on("focusin", "tr[data-key]", (_, row) => mark(row));
}

export const perform = (does) => (deeds[does] ? deeds[does]() : press($(`[data-does="${does}"]`)));

/** What can be done on this page now. */
export const possible = () => [...map.filter(([, does, where]) => deeds[does] && (!where || $(where))).map(([, does]) => does),
  ...$$("[data-does]").map((control) => control.dataset.does)];

/** As the keymap spells it. Alt goes by the place of the key: on some keyboards it makes other letters. */
function spelled(event) {
  const mod = event.ctrlKey || event.metaKey, placed = event.altKey && /^(?:Key|Digit)(\w)$/.exec(event.code);
  const key = placed ? placed[1].toLowerCase() : mod ? event.key.toLowerCase().replace("enter", "Enter") : event.key;
  return `${mod ? "Mod+" : ""}${event.altKey ? "Alt+" : ""}${key}`;
}

function press(control) {
  if (!control) return false;
  control.click();
}

function send() {
  const form = document.activeElement?.closest("form[data-send]");
  if (!form) return false;
  form.requestSubmit();
}

function mark(row) {
  for (const other of $$("tr.at")) other.classList.remove("at");
  row.classList.add("at");
}

function go(step) {
  const stops = $$("tbody tr[data-key], [data-stop]");
  const at = stops.findIndex((stop) => stop.classList.contains("at") || stop.contains(document.activeElement));
  const next = stops[Math.min(Math.max(at + step, 0), stops.length - 1)];
  const focus = next.matches("tr") ? $(".subject", next) ?? $("a, button", next) : next;
  if (!focus) return mark(next);
  focus.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
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
