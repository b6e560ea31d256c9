// Writing: tabs, drafts that survive anything, files, and ten seconds to take a letter back.
import { $, $$, on, toast } from "./dom.js";

const person = () => document.body.dataset.person;
const key = (form) => `draft:${person()}:${form.dataset.draft}`;

export function compose() {
  on("click", ".tabs [role=tab]", (_, tab) => show(tab));
  on("keydown", ".tabs [role=tab]", (event, tab) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way) return;
    const tabs = $$("[role=tab]", tab.parentElement), next = tabs[(tabs.indexOf(tab) + way + tabs.length) % tabs.length];
    show(next);
    next.focus();
  });
  on("input", "form[data-draft] textarea", (_, area) => keep(area.form));
  on("change", "[data-files]", (_, input) => { $("[data-files-said]", input.form).textContent = [...input.files].map((file) => file.name).join(", "); });
  restore(document);
  document.addEventListener("htmx:afterSwap", (event) => restore(event.target.parentElement ?? document));
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const form = event.detail.elt.closest?.("form[data-draft]");
    if (event.detail.xhr.status !== 204) return;
    if (form) localStorage.removeItem(key(form));
    go(event.detail.xhr.getResponseHeader("Mainstay-Go"));
  });
  on("submit", "form[data-draft]:not([hx-post])", (_, form) => localStorage.removeItem(key(form)));
  document.addEventListener("htmx:sendError", () => toast("No connection. Nothing was sent; your text is kept.", 10));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 401) toast("You are signed out. Sign in again in another tab; what you typed is kept.", 60);
    else if (status === 403) toast(event.detail.xhr.responseText.length < 200 ? event.detail.xhr.responseText : "Your role does not include this.", 10);
    else toast("That did not work. Nothing was sent; your text is kept.", 10);
  });
  counting();
}

/** Go where the server says. The page that is open already is loaded anew, and stays where it was scrolled to. */
function go(address) {
  if (!address) return;
  const goal = new URL(address, location.href);
  if (goal.origin !== location.origin) return;
  if (goal.pathname !== location.pathname) return location.assign(goal);
  history.replaceState(null, "", goal);
  location.reload();
}

function show(tab) {
  for (const other of $$("[role=tab]", tab.parentElement)) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
  }
}

function keep(form) {
  const area = $("textarea[name=text], textarea", form);
  try {
    if (area.value.trim()) localStorage.setItem(key(form), area.value);
    else localStorage.removeItem(key(form));
    const said = $("[data-saved]", form);
    if (said) said.textContent = area.value.trim() ? "Draft kept in this browser" : "";
  } catch { /* private windows may refuse; the form itself still holds the text */ }
}

function restore(root) {
  for (const form of $$("form[data-draft]", root)) {
    const area = $("textarea[name=text], textarea", form), draft = localStorage.getItem(key(form));
    if (area && draft && (!area.value || area.defaultValue !== draft && form.dataset.draft.endsWith("-close"))) area.value = draft;
  }
}

/** Undo is offered for as long as the letter is held, and says how long that is. */
function counting() {
  for (const line of $$(".toast[data-until], [data-toast]")) {
    const seconds = Number(line.dataset.until ?? 6), button = $("button", line), label = button?.textContent;
    const end = performance.now() + seconds * 1000;
    const timer = setInterval(() => {
      const left = Math.ceil((end - performance.now()) / 1000);
      if (left <= 0) { clearInterval(timer); line.remove(); }
      else if (button) button.textContent = `${label} (${left})`;
    }, 250);
  }
}
