// A telephone that rings, shown on every page of whoever may answer. The stream says that something began or stopped.
import { $, $$, fragment } from "./dom.js";

let waiting = 0;

export function ringing() {
  document.addEventListener("mainstay:ringing", look);
  document.addEventListener("keydown", (event) => {
    const answer = event.altKey && !event.ctrlKey && !event.metaKey && event.code === "KeyC" && $("[data-take]");
    if (!answer) return;
    event.preventDefault(); // also while somebody types: what they wrote is kept as a draft
    answer.click();
  });
  until();
}

async function look() {
  const found = await fragment(document.body.dataset.ringing);
  if (!found) return;
  $("#ringing").replaceChildren(...found.body.childNodes);
  until();
}

/** A call of which the telephone system says no more goes by itself. */
function until() {
  clearTimeout(waiting);
  const seconds = $$("[data-until]").map((line) => Number(line.dataset.until));
  if (seconds.length) waiting = setTimeout(look, (Math.min(...seconds) + 1) * 1000);
}
