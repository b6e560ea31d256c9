// The keys: those of this page first, and a field that narrows them.
import { $, $$ } from "./dom.js";

const box = $("#help"), ask = $("#help-ask"), groups = $$("[data-where]", box);

ask.addEventListener("input", narrow);

export function help() {
  for (const group of groups) {
    const here = !group.dataset.where || !!$(group.dataset.where, $("main"));
    $(".chip", group).hidden = here;
    group.classList.toggle("elsewhere", !here);
  }
  groups[0].parentElement.append(...groups.filter((group) => group.matches(".elsewhere")));
  ask.value = "";
  narrow();
  box.showModal();
  ask.focus();
}

function narrow() {
  const needle = ask.value.trim().toLowerCase();
  let left = 0;
  for (const group of groups) {
    const lines = $$("li", group), fitting = lines.filter((line) => line.textContent.toLowerCase().includes(needle));
    for (const line of lines) line.hidden = !fitting.includes(line);
    group.hidden = !fitting.length;
    left += fitting.length;
  }
  $("#help-said").textContent = needle ? `${left || "No"} ${left === 1 ? "key" : "keys"}` : "";
}
