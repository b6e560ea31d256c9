// Ctrl+K: tickets from the server, places, and the acts of the page that is open.
import { $, $$, on } from "./dom.js";

const [box, ask, found] = [$("#palette"), $("#palette-ask"), $("#palette-found")];
let waiting = 0, last = 0, shown, macros, known = [];

ask.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, 120); });
ask.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); move(event.key === "ArrowDown" ? 1 : -1); }
  if (event.key === "Enter") { event.preventDefault(); go(); }
});
on("click", "#palette-found [role=option]", (_, option) => { if (!option.href) box.close(); });
box.addEventListener("click", (event) => { if (event.target === box) box.close(); });

/** The box was just opened: look for what stands in it, which the person may have begun to type. */
export async function opened() {
  shown = undefined;
  look();
  if (!$("textarea[data-macros]")) return;
  macros = await import("./macros.js");
  known = await macros.all();
}

/** Follow what is chosen, but never what was found for other words than those that stand there now. */
async function go() {
  if (shown !== ask.value) await look();
  chosen()?.click();
}

async function look() {
  clearTimeout(waiting);
  const number = ++last, asked = ask.value;
  const answer = await fetch(`${document.body.dataset.palette}?q=${encodeURIComponent(asked)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (number !== last || asked !== ask.value) return;
  shown = asked;
  if (!answer?.ok) { found.textContent = "The search cannot be reached just now."; return; }
  found.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
  acts();
  move(0);
}

function acts() {
  const needle = ask.value.trim().toLowerCase();
  const possible = $$("a[data-act]").filter((link, index, all) => all.findIndex((other) => other.href === link.href) === index)
    .map((link) => [link.textContent.trim(), () => link.click()]);
  for (const macro of known) possible.push([`Macro: ${macro.label}`, () => macros.choose(macro)]);
  possible.push(["Light or dark", () => $("[data-theme-toggle]").click()], ["Answer a call", () => $("[data-answer]").click()], ["Keys", () => $("#help").showModal()]);
  const fitting = possible.filter(([name]) => needle && name.toLowerCase().includes(needle));
  if (!fitting.length) return;
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Do");
  $("[aria-disabled]", found)?.remove();
  found.insertBefore(group, $("[aria-label=Search]", found)); // what was named goes before a search for its letters
  group.append(...fitting.slice(0, 6).map(([name, act], index) => {
    const option = document.createElement("div");
    Object.assign(option, { role: "option", id: `found-a${index}`, textContent: name });
    option.setAttribute("aria-selected", "false");
    option.addEventListener("click", () => { box.close(); act(); });
    return option;
  }));
}

const options = () => $$("[role=option]:not([aria-disabled])", found);
const chosen = () => $("[aria-selected=true]", found);

function move(step) {
  const all = options();
  if (!all.length) return ask.removeAttribute("aria-activedescendant");
  const at = Math.max(all.indexOf(chosen()), 0);
  const next = all[(at + step + all.length) % all.length];
  for (const option of all) option.setAttribute("aria-selected", String(option === next));
  ask.setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}
