// Filters that apply themselves, and an address without the empty ones, so that it can be read and shared.
import { on } from "./dom.js";

export function filters() {
  on("change", "[data-filters] select", (_, select) => submit(select.form));
  on("submit", "[data-filters]", (event, form) => { event.preventDefault(); submit(form); });
}

function submit(form) {
  const said = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  location.assign(form.action + (said.size ? `?${said}` : ""));
}
