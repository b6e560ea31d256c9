// Files of a message: chosen, dropped or pasted; listed with their size; the limits are said before anything is sent.
import { $, $$, make, on, toast } from "./dom.js";

const chosen = new Map(); // which form, by its name -> the files that go with it

export function attach() {
  on("change", "[data-files]", (_, input) => add(input, [...input.files]));
  on("click", "[data-remove]", (_, button) => {
    const input = $("[data-files]", button.closest("form"));
    set(input, of(input).filter((_, index) => index !== Number(button.dataset.remove)));
    ($("[data-remove]", input.form) ?? input).focus();
  });
  document.addEventListener("dragover", (event) => drag(event, true));
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) mark(null); });
  document.addEventListener("drop", (event) => { if (drag(event, false)) put(event, event.dataTransfer.files); });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || event.clipboardData.types.includes("text/plain") || !$(".pane")?.parentElement.contains(event.target)) return;
    event.preventDefault();
    put(event, files.map(named));
  });
  document.addEventListener("htmx:afterSwap", () => { for (const input of $$("[data-files]")) if (of(input).length) set(input, of(input)); });
  document.addEventListener("htmx:xhr:progress", (event) => progress(event.target, event.detail));
  document.addEventListener("htmx:afterRequest", (event) => { const bar = $("[data-progress]", event.target); if (bar) bar.hidden = true; });
}

const of = (input) => chosen.get(input.form.dataset.draft) ?? [];

function drag(event, over) {
  if (!event.dataTransfer?.types.includes("Files") || !$(".composer")) return false;
  event.preventDefault(); // a file dropped beside the place must not replace the page, and what was typed with it
  const pane = event.target.closest?.(".pane");
  mark(over ? pane : null);
  return !!pane;
}

function mark(pane) {
  for (const other of $$(".pane.dropping")) if (other !== pane) other.classList.remove("dropping");
  pane?.classList.add("dropping");
}

function put(event, files) {
  add($("[data-files]", event.target.closest(".pane") ?? document), [...files]);
}

/** A picture from the clipboard has no name of its own: it gets the time. */
function named(file) {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const now = new Date(), time = new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  return new File([file], `Picture ${time.replace("T", " ").replaceAll(":", ".")}.${file.name.split(".").pop()}`, { type: file.type });
}

/** Take what still fits; say what does not, and why, before anything is sent. */
function add(input, files) {
  const most = Number(input.dataset.most), largest = Number(input.dataset.largest), kept = [...of(input)], refused = [];
  for (const file of files) {
    const weight = kept.reduce((sum, one) => sum + one.size, file.size);
    if (kept.some((one) => one.name === file.name && one.size === file.size && one.lastModified === file.lastModified)) continue;
    if (kept.length < most && weight <= largest) kept.push(file);
    else refused.push(file.name);
  }
  set(input, kept);
  if (refused.length) toast(`Not added: ${refused.join(", ")}. At most ${most} files go with one message, and together they may have ${size(largest)}.`, 12);
}

function set(input, files) {
  chosen.set(input.form.dataset.draft, files);
  const carrier = new DataTransfer();
  for (const file of files) carrier.items.add(file);
  input.files = carrier.files;
  const list = $("[data-chosen]", input.form);
  list.hidden = !files.length;
  list.replaceChildren(...files.map(line));
}

function line(file, index) {
  return make("li", { class: "file" },
    make("span", { class: "clip bidi" }, file.name),
    make("span", { class: "quiet small nowrap" }, size(file.size)),
    make("button", { type: "button", "data-remove": index, "aria-label": `Remove ${file.name}` }, "×"));
}

const size = (octets) => (octets < 1000 ? `${octets} bytes` : octets < 1_000_000 ? `${Math.round(octets / 1000)} kB` : `${(octets / 1_000_000).toFixed(octets % 1_000_000 ? 1 : 0)} MB`);

function progress(form, { loaded, total }) {
  const bar = form instanceof Element && $("[data-progress]", form);
  if (!bar || !total || !of($("[data-files]", form)).length) return;
  bar.hidden = false;
  bar.value = Math.round((100 * loaded) / total);
}
