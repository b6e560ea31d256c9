// Names of colleagues and teams, offered in a note after an @.
import { $$, fragment, on } from "./dom.js";
import { close, insert, isOpen, offer } from "./picker.js";

const MOST = 8;
let names;

export function mentions() {
  on("input", "textarea[data-mentions]", async (_, area) => {
    const before = area.value.slice(0, area.selectionStart), begun = /(?:^|[\s(])@([\p{L}\p{N}][^\n@]{0,40}|)$/u.exec(before);
    if (!begun) { if (isOpen(area)) close(); return; }
    const all = await (names ??= known(area.dataset.mentions)), asked = begun[1].toLowerCase(), first = (one) => Number(!one.name.toLowerCase().startsWith(asked));
    const fitting = all.filter((one) => ` ${one.name.toLowerCase()}`.includes(` ${asked}`)).sort((a, b) => first(a) - first(b));
    offer(area, fitting.slice(0, MOST), area.selectionStart - begun[1].length - 1, (one, place, begin, end) => insert(place, `@${one.name} `, begin, end));
  });
}

async function known(address) {
  const found = await fragment(address);
  return found ? $$("[data-name]", found).map((line) => ({ name: line.dataset.name, label: line.dataset.name, hint: line.textContent.slice(line.dataset.name.length).trim() })) : [];
}
