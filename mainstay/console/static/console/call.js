// The telephone: who is calling, and what is typed before there is a field for it.
import { $, $$, fragment, on, point, typing } from "./dom.js";

let walked = 0, early = null; // early: what was typed before the pane was there to take it

export function call() {
  document.addEventListener("keydown", keep, true);
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target.matches("[data-step]")) early = ""; });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.target.matches("[data-step]")) early = null; });
  on("keydown", "#caller", walk);
  on("click", "[data-fill]", (_, option) => fill(option.dataset.fill));
  on("click", "[data-put-away]", (event) => { event.preventDefault(); $("#work").replaceChildren(); $("#main").focus(); });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id === "found") mark();
    if (event.target.id === "work") settle(event.target);
  });
  const field = $("#caller");
  if (field) { mark(); field.focus(); field.select(); }
  else if ($("#work form")) settle($("#work"));
}

const options = () => $$("#callers [role=option]");
const chosen = () => $("#callers [aria-selected=true]");

function walk(event) {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    event.preventDefault();
    take();
  } else if (event.key === "Escape") {
    event.preventDefault();
    $("#main").focus();
  }
}

/** Take who is marked, but never who was found for other words than those that stand there now. */
async function take() {
  const field = $("#caller");
  if (field.value.trim() !== $("#callers").dataset.for) {
    const found = await fragment(`${field.getAttribute("hx-get")}?q=${encodeURIComponent(field.value)}`);
    if (!found) return;
    $("#found").replaceChildren(...found.body.childNodes);
    mark();
  }
  chosen()?.click();
}

function mark() {
  const field = $("#caller");
  if (!field) return;
  point(field, options(), chosen());
}

async function choose(step) {
  const all = options();
  if (!all.length) return;
  const next = all[(all.indexOf(chosen()) + step + all.length) % all.length];
  point($("#caller"), all, next);
  const turn = ++walked, place = $("#preview");
  const card = next.dataset.card ? await fragment(next.dataset.card) : undefined;
  if (turn === walked) place.replaceChildren(...(card?.body.childNodes ?? []));
}

function fill(text) {
  const field = $("#caller");
  field.value = text;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Somebody who types at once after the key of a pane types into the pane, and sets off no other key. */
function keep(event) {
  if (early === null || typing() || event.key.length > 1 || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  early += event.key;
}

function settle(work) {
  const fields = "textarea, select, input:not([type=hidden], [type=radio])";
  const first = $("[aria-invalid=true]", work) ?? $("[data-first-button]", work) ?? $("[data-first] input:checked, [data-first] input", work) ?? $(fields, work) ?? $("button", work);
  first?.focus();
  if (early && first?.matches("textarea, input")) first.value += early;
  early = null;
}
