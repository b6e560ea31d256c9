// Macros: offered after a / at the beginning of a line, on M and in the palette; read before they are put in.
import { $, $$, fragment, make, on, toast } from "./dom.js";
import { close, insert, isOpen, offer } from "./picker.js";

const MOST = 12;
const left = new WeakMap(); // text field -> where the cursor was when it lost the focus: a dialog that opens loses it
let macros;

export function macroPicker() {
  on("input", "textarea[data-macros]", async (_, area) => {
    const before = area.value.slice(0, area.selectionStart), begun = /(?:^|\n)\/([^\n/]{0,40})$/.exec(before);
    if (!begun) { if (isOpen(area) && !area.dataset.mentions) close(); return; }
    const known = await all(), asked = begun[1].toLowerCase();
    const fitting = known.filter((one) => one.label.toLowerCase().includes(asked)).slice(0, MOST);
    offer(area, fitting, area.selectionStart - begun[1].length - 1, put);
  });
  on("focusout", "textarea[data-macros]", (_, area) => left.set(area, [area.selectionStart, area.selectionEnd]));
  document.addEventListener("mainstay:macros", ({ detail }) => (detail ? choose(detail) : ask()));
  on("click", "[data-drop-macro]", (_, button) => { const area = $("textarea", button.form); button.closest("[data-used]").remove(); area.focus(); });
}

/** Open the list where the cursor is, as if a / had been typed there. */
function ask() {
  const area = $(".pane:not([hidden]) textarea[data-macros]");
  if (!area) return;
  const before = area.value.slice(0, area.selectionStart);
  insert(area, before === "" || before.endsWith("\n") ? "/" : "\n/", area.selectionStart, area.selectionStart);
}

/** The macros with the names of this ticket in them; fetched once for a page. */
async function all() {
  const area = $("textarea[data-macros]");
  if (!area) return [];
  macros ??= fragment(area.dataset.macros).then((found) => (found ? $$("[data-macro]", found).map((line) => ({ ...line.dataset, text: line.textContent })) : (macros = undefined, [])));
  return (await macros) ?? [];
}

/** Put the macro of that number where the cursor was. */
async function choose(number) {
  const area = $(".pane:not([hidden]) textarea[data-macros]"), macro = (await all()).find((one) => one.macro === number);
  if (area && macro) put(macro, area, ...(left.get(area) ?? [area.value.length, area.value.length]));
}

function put(macro, area, begin, end) {
  insert(area, macro.text, begin, end);
  const form = area.form, way = macro.how && $(`[name=how][value="${macro.how}"]`, form);
  if (way) { way.checked = true; document.dispatchEvent(new CustomEvent("mainstay:way")); }
  if (!$(`[data-used] [value="${macro.macro}"]`, form)) used(form, macro);
  if (macro.follows) toast(`${macro.label}: once sent, ${macro.follows}.`);
}

/** What follows once the message is sent stands above the button and can be taken off. */
function used(form, macro) {
  $("[data-macros-used]", form).append(make("span", { class: "chip", "data-used": "" },
    make("input", { type: "hidden", name: "macro", value: macro.macro }),
    macro.follows ? `${macro.label}: ${macro.follows} ` : `${macro.label} `,
    make("button", { type: "button", "data-drop-macro": "", "aria-label": `Without what ${macro.label} does` }, "×")));
}
