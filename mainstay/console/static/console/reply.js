// What is known goes into the reply: put there to be read and edited, never sent by itself.
import { $, on } from "./dom.js";

export function reply() {
  on("click", "[data-put]", (_, button) => {
    const area = $("#pane-reply textarea[name=text]");
    if (!area) return;
    button.closest("dialog")?.close();
    $("#tab-reply")?.click();
    const text = button.dataset.put, typed = area.value.trimEnd();
    if (!typed.includes(text)) area.value = typed ? `${typed}\n\n${text}` : text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    area.scrollIntoView({ block: "center" });
  });
}
