// Acts open in a dialog where there are scripts; without them each is a page of its own.
import { $, fragment, on, toast } from "./dom.js";
import { deeds } from "./keys.js";

export function dialogs() {
  on("click", "a[data-act]", async (event, link) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || !$("#act")) return;
    event.preventDefault();
    link.setAttribute("aria-busy", "true");
    const found = await fragment(link.href);
    link.removeAttribute("aria-busy");
    if (!found) return toast("This cannot be opened just now. Try again.");
    open(found.body);
  });
  on("click", "[data-close]", (event, button) => {
    const box = button.closest("dialog");
    if (box) { event.preventDefault(); box.close(); }
  });
  on("click", "[data-open=help]", () => deeds.help());
  on("change", "input[data-level]", (_, cell) => grade(cell));
  on("submit", "form[data-ask]", (event, form) => { if (!window.confirm(form.dataset.ask)) event.preventDefault(); });
}

export function open(body) {
  const box = $("#act"), place = $("#act-body");
  place.replaceChildren(...body.childNodes);
  window.htmx?.process(place);
  document.dispatchEvent(new CustomEvent("htmx:afterSwap", { detail: { target: place } }));
  box.showModal();
  ($("[autofocus]", place) ?? $("input:checked", place) ?? $("textarea, select, input:not([type=hidden])", place) ?? $("button", place))?.focus();
}

/** Choosing a cell of the grid says urgency and impact, and proposes the severity; a person still confirms it. */
function grade(cell) {
  const form = cell.form;
  $("[data-grid-urgency]", form).value = cell.dataset.urgency;
  $("[data-grid-impact]", form).value = cell.dataset.impact;
  form.elements.severity.value = cell.dataset.level;
}
