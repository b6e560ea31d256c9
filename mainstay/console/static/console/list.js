// The list: selecting tickets with mouse and keys, what is done to the selected, menus, and finding one's place again.
import { $, $$, fragment, on, toast } from "./dom.js";
import { open } from "./dialogs.js";
import { filters } from "./filters.js";
import { deeds } from "./keys.js";
import { takers } from "./live.js";

const BOX = ".c-pick input[name=ticket]";
let anchor, kept;

export function list() {
  menus();
  filters();
  sessionStorage.setItem("list", location.pathname + location.search);
  takers.list = take;
  on("click", BOX, (event, box) => { if (event.shiftKey) range(row(box), box.checked); else anchor = row(box).dataset.key; shown(); });
  on("change", "[data-pick-all]", (_, box) => { for (const one of $$(BOX)) one.checked = box.checked; shown(); });
  on("click", "[data-picked-none]", (event) => { event.preventDefault(); none(); });
  on("click", "[data-bulk]", (event, button) => { event.preventDefault(); bulk(button); });
  on("change", "[data-picked-all] input", () => shown());
  Object.assign(deeds, {
    "pick": () => pick(current()),
    "pick-range": () => range(current(), true),
    "pick-all": all,
    "pick-none": () => !!$(`${BOX}:checked`) && none(),
    "filter": openFilters,
  });
  document.addEventListener("mainstay:refreshing", remember);
  document.addEventListener("mainstay:fresh", restore);
  $("#act")?.addEventListener("close", () => {
    if (!$("#batch")) return;
    $("#act-body").replaceChildren();
    none();
    document.dispatchEvent(new CustomEvent("mainstay:stale"));
  });
  on("submit", "#act form[data-filters]", (_, form) => form.closest("dialog").close());
  comeBack();
  shown();
}

// ---- Selecting

const row = (element) => element.closest("tr[data-key]");
const current = () => row(document.activeElement) ?? $("tbody tr.at");
const box = (line) => $(BOX, line);

function pick(line) {
  if (!line || !box(line)) return toast("Choose a ticket with J and K first.", 4);
  box(line).checked = !box(line).checked;
  anchor = line.dataset.key;
  shown();
}

/** Select from the row that was selected last to this one. */
function range(line, wanted) {
  if (!line) return;
  const lines = $$("tbody tr[data-key]"), to = lines.indexOf(line);
  const from = Math.max(lines.findIndex((one) => one.dataset.key === anchor), 0);
  for (const one of lines.slice(Math.min(from, to), Math.max(from, to) + 1)) box(one).checked = wanted;
  shown();
}

function all() {
  const boxes = $$(BOX), some = boxes.some((one) => !one.checked);
  for (const one of boxes) one.checked = some;
  shown();
}

function none() {
  for (const one of $$(`${BOX}:checked`)) one.checked = false;
  $("[data-picked-all] input").checked = false;
  shown();
}

/** Say how many are selected, and offer those of other pages once all of this one are. */
function shown() {
  const boxes = $$(BOX), picked = boxes.filter((one) => one.checked), every = $("[data-picked-all]");
  const complete = boxes.length > 0 && picked.length === boxes.length, head = $("[data-pick-all]");
  if (head) { head.checked = complete; head.indeterminate = !complete && picked.length > 0; }
  every.hidden = !(complete && $(".pager"));
  const over = $("input", every);
  if (every.hidden) over.checked = false;
  const said = picked.length ? (over.checked ? "All that match" : `${picked.length} selected`) : "";
  if ($("[data-picked-count]").textContent !== said) $("[data-picked-count]").textContent = said;
}

async function bulk(button) {
  if (!$(`${BOX}:checked`)) {
    const line = current();
    if (!line) return toast("Select a ticket first: J and K choose one, X selects it.", 5);
    pick(line);
  }
  const form = button.form, asked = new URLSearchParams(new FormData(form));
  button.setAttribute("aria-busy", "true");
  const found = await fragment(`${button.formAction}?${asked}`);
  button.removeAttribute("aria-busy");
  if (!found) return toast("This cannot be opened just now. Try again.");
  open(found.body);
}

// ---- Fresh rows

function take(page, found) {
  const fresh = $("#fresh", found), old = $("tbody", page), rows = $("tbody", fresh);
  const link = document.activeElement?.closest("tr[data-key]")?.dataset.key;
  const chosen = $("tr.at", page)?.dataset.key;
  if (!old || !rows) page.replaceChildren(...fresh.childNodes);
  else {
    const known = new Map($$("tr[data-key]", old).map((row) => [row.dataset.key, row.dataset.version]));
    for (const row of $$("tr[data-key]", rows)) if (known.get(row.dataset.key) !== row.dataset.version) row.classList.add("fresh");
    old.replaceChildren(...rows.childNodes);
    const pager = $(".pager", page), pages = $(".pager", fresh);
    if (pager && pages) pager.replaceWith(pages); else if (pages) page.append(pages); else pager?.remove();
  }
  if (chosen) $(`tr[data-key="${chosen}"]`, page)?.classList.add("at");
  if (link) $(`tr[data-key="${link}"] .subject`, page)?.focus({ preventScroll: true });
}

// ---- One's place

/** Before the rows are exchanged: what is selected, where the focus is, and how far down the row stands that one looks at. */
function remember() {
  const line = current() ?? $$("tbody tr[data-key]").find((one) => one.getBoundingClientRect().top >= 0);
  kept = {
    picked: new Set($$(`${BOX}:checked`).map((one) => one.value)),
    inBox: document.activeElement?.matches?.(BOX) && document.activeElement.value,
    key: line?.dataset.key,
    top: line?.getBoundingClientRect().top,
  };
}

function restore() {
  if (!kept) return;
  for (const one of $$(BOX)) one.checked = kept.picked.has(one.value);
  if (kept.inBox) $(`${BOX}[value="${kept.inBox}"]`)?.focus({ preventScroll: true });
  const line = kept.key && $(`tr[data-key="${kept.key}"]`);
  if (line && scrollY > 0) scrollBy(0, line.getBoundingClientRect().top - kept.top);
  kept = undefined;
  shown();
}

/** Coming back from a ticket one stands on its row again, as far down as before. */
function comeBack() {
  const name = "place", here = location.pathname + location.search;
  addEventListener("pagehide", () => sessionStorage.setItem(name, JSON.stringify({ here, y: scrollY, key: current()?.dataset.key })));
  let last = null;
  try { last = JSON.parse(sessionStorage.getItem(name)); } catch { /* written by another release */ }
  if (last?.here !== here || !/\/tickets\//.test(document.referrer)) return;
  const line = last.key && $(`tr[data-key="${last.key}"]`);
  if (line) { line.classList.add("at"); $(".subject", line).focus({ preventScroll: true }); }
  scrollTo(0, last.y);
}

// ---- Menus

function openFilters() {
  const menu = $("[data-open-filters]")?.closest("details");
  if (!menu) return;
  menu.open = true;
  $("a", menu).focus();
}

function menus() {
  document.addEventListener("click", (event) => {
    for (const menu of $$("details[data-drop][open]")) if (!menu.contains(event.target) || event.target.closest("a")) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.target instanceof Element && event.target.closest("details[data-drop][open]");
    if (!menu) return;
    const stops = $$("a, button", menu), at = stops.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }[event.key];
    if (next !== undefined) { event.preventDefault(); stops[(next + stops.length) % stops.length]?.focus(); }
    if (event.key === "Escape") { menu.open = false; $("summary", menu).focus(); event.stopPropagation(); }
  });
  on("input", "[data-narrow]", (_, field) => {
    const needle = field.value.toLowerCase().trim();
    for (const one of $$(".options .check", field.form)) one.hidden = !one.textContent.toLowerCase().includes(needle);
  });
}
