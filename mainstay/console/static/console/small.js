// Small things: theme, menu, copying, activity that can be shown.
import { $, $$, on, post, toast } from "./dom.js";

export function small() {
  on("click", "[data-theme-toggle]", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    post(document.body.dataset.appearance, { theme: root.dataset.theme, motion: root.dataset.motion ?? "" });
  });
  on("click", "[data-menu]", (_, button) => {
    const open = $("#rail").classList.toggle("open");
    button.setAttribute("aria-expanded", open);
  });
  folds();
  on("click", "[data-copy]", async (_, button) => {
    try { await navigator.clipboard.writeText(button.dataset.copy); toast(`${button.dataset.copy} copied`, 3); }
    catch { toast(`The reference is ${button.dataset.copy}`); }
  });
  clip();
  document.addEventListener("mainstay:fresh", clip);
  on("click", "[data-show-all]", (_, button) => {
    button.previousElementSibling.classList.remove("text--long");
    button.remove();
  });
  on("click", "[data-all-activity]", (_, button) => {
    const show = button.getAttribute("aria-pressed") !== "true";
    for (const line of $$("[data-minor]")) line.hidden = !show;
    button.setAttribute("aria-pressed", show);
    button.textContent = show ? "Show what matters" : "Show all activity";
  });
  const ticket = /^\/tickets\/([^/]+-\d)\/$/.exec(location.pathname);
  if (ticket) keep(ticket[1]);
  if (location.hash.startsWith("#event-")) { const line = $(location.hash); if (line) { line.hidden = false; line.scrollIntoView({ block: "center" }); line.classList.add("fresh"); } }
}

/** What somebody folds away in the rail stays so, on every page and in every browser; where they are is in sight. */
function folds() {
  for (const group of $$("[data-fold]"))
    group.addEventListener("toggle", () => post(document.body.dataset.folding, { key: group.dataset.fold, folded: group.open ? 0 : 1 }));
  const list = $(".folds"), here = $(".nav [aria-current]");
  if (!here || !list) return;
  const below = here.getBoundingClientRect().bottom - list.getBoundingClientRect().bottom;
  if (below > 0) list.scrollTop += below + list.clientHeight / 3;
}

/** Without scripts a long text stands whole; with them it is clipped, and its button shows. */
function clip() {
  document.documentElement.classList.add("scripted");
  for (const button of $$("[data-show-all][hidden]")) button.hidden = false;
}

/** What each person opened and used last: names only. */
const place = `recent:${document.body.dataset.person}`;

export function recent() {
  try { return JSON.parse(localStorage.getItem(place)) ?? []; } catch { return []; }
}

export function keep(name) {
  const names = [name, ...recent().filter((one) => one !== name)].slice(0, 8);
  try { localStorage.setItem(place, JSON.stringify(names)); } catch { /* refused */ }
}
