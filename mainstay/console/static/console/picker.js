// A list below a text field that is filtered while somebody types there: names after an @, macros after a /.
import { make, point } from "./dom.js";

let open; // the one list that is shown: { area, box, list, preview, items, begin, end, choose }
let number = 0;

/** Show `items` ({ label, hint, text: what is previewed }) for what stands from `begin` to the cursor; `choose` gets what was picked. */
export function offer(area, items, begin, choose) {
  if (!items.length) return close();
  if (open?.area !== area) { close(); open = { area, ...build(area) }; }
  Object.assign(open, { items, begin, end: area.selectionStart, choose });
  open.list.replaceChildren(...items.map((item, index) => {
    const line = make("li", { id: `${open.list.id}-${index}`, role: "option" }, item.label, " ", make("span", { class: "quiet small" }, item.hint ?? ""));
    line.addEventListener("mousedown", (event) => { event.preventDefault(); turn(index); pick(); });
    return line;
  }));
  turn(0);
}

export function close() {
  if (!open) return;
  for (const name of ["aria-controls", "aria-activedescendant", "aria-autocomplete"]) open.area.removeAttribute(name);
  open.box.remove();
  open = undefined;
}

export const isOpen = (area) => open?.area === area;

/** Put `text` in place of what stands from `begin` to `end`, as if it had been typed. */
export function insert(area, text, begin = area.selectionStart, end = area.selectionEnd) {
  area.focus();
  area.setRangeText(text, begin, end, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

export function picker() {
  document.addEventListener("keydown", (event) => {
    if (!open || event.target !== open.area) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) turn((open.at + step + open.items.length) % open.items.length);
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") pick();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
  document.addEventListener("focusout", (event) => { if (open?.area === event.target) close(); });
}

function build(area) {
  const list = make("ul", { id: `offer-${++number}`, role: "listbox", "aria-label": "Offered" });
  const preview = make("div", { class: "offer-preview pre" }), box = make("div", { class: "offer" }, list, preview);
  area.setAttribute("aria-controls", list.id);
  area.setAttribute("aria-autocomplete", "list");
  area.after(box);
  return { box, list, preview };
}

function turn(index) {
  const { list, items, area, preview } = open;
  open.at = index;
  point(area, list.children, list.children[index]);
  preview.hidden = !items[index].text;
  preview.textContent = items[index].text ?? "";
}

function pick() {
  const { items, at, choose, begin, end, area } = open;
  close();
  choose(items[at], area, begin, end);
}
