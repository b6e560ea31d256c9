// A list below a text field that is filtered while somebody types there: names after an @, macros after a /.
import { $$ } from "./dom.js";

let open; // the one list that is shown: { area, box, list, preview, items, begin, end, choose }
let number = 0;

/** Show `items` ({ label, hint, text: what is previewed }) for what stands from `begin` to the cursor; `choose` gets what was picked. */
export function offer(area, items, begin, choose) {
  if (!items.length) return close();
  if (open?.area !== area) { close(); open = { area, ...build(area) }; }
  Object.assign(open, { items, begin, end: area.selectionStart, choose });
  open.list.replaceChildren(...items.map((item, index) => {
    const line = document.createElement("li"), hint = document.createElement("span");
    Object.assign(line, { id: `${open.list.id}-${index}`, textContent: item.label });
    line.setAttribute("role", "option");
    Object.assign(hint, { className: "quiet small", textContent: item.hint ?? "" });
    line.append(" ", hint);
    line.addEventListener("mousedown", (event) => { event.preventDefault(); point(index); pick(); });
    return line;
  }));
  point(0);
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
    if (step) point((open.at + step + open.items.length) % open.items.length);
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") pick();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
  document.addEventListener("focusout", (event) => { if (open?.area === event.target) close(); });
}

function build(area) {
  const box = document.createElement("div"), list = document.createElement("ul"), preview = document.createElement("div");
  box.className = "offer";
  preview.className = "offer-preview pre";
  list.id = `offer-${++number}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Offered");
  area.setAttribute("aria-controls", list.id);
  area.setAttribute("aria-autocomplete", "list");
  box.append(list, preview);
  area.after(box);
  return { box, list, preview };
}

function point(index) {
  const { list, items, area, preview } = open;
  open.at = index;
  $$("[role=option]", list).forEach((line, place) => line.setAttribute("aria-selected", String(place === index)));
  area.setAttribute("aria-activedescendant", `${list.id}-${index}`);
  list.children[index].scrollIntoView({ block: "nearest" });
  preview.hidden = !items[index].text;
  preview.textContent = items[index].text ?? "";
}

function pick() {
  const { items, at, choose, begin, end, area } = open;
  close();
  choose(items[at], area, begin, end);
}
