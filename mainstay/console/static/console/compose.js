// Writing: tabs, ways to send, what crossed it, what became of it, and ten seconds to take a letter back.
import { $, $$, on, signedOut, toast } from "./dom.js";
import { drafts, forget, touch } from "./drafts.js";

export function compose() {
  on("click", ".tabs [role=tab]", (event, tab) => { show(tab); if (!event.detail) $(`#${tab.getAttribute("aria-controls")} textarea`)?.focus(); });
  on("keydown", ".tabs [role=tab]", (event, tab) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way) return;
    const tabs = $$("[role=tab]", tab.parentElement), next = tabs[(tabs.indexOf(tab) + way + tabs.length) % tabs.length];
    show(next);
    next.focus();
  });
  drafts();
  ways();
  crossing();
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const form = event.detail.elt.closest?.("form[data-draft]");
    if (event.detail.xhr.status !== 204) return;
    if (form) forget(form);
    go(event.detail.xhr.getResponseHeader("Mainstay-Go"));
  });
  document.addEventListener("htmx:sendError", () => toast("No connection. Nothing was sent; your text is kept.", 10));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 401) signedOut();
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
    other.setAttribute("aria-selected", chosen);
    other.tabIndex = chosen ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
  }
}

/** The button says how the reply goes; the list closes once a way is chosen. */
function ways() {
  const label = (form) => {
    const chosen = $("[name=how]:checked", form), place = $("[data-way-label]", form);
    if (chosen && place) place.textContent = chosen.dataset.label;
  };
  on("change", "[data-ways] [name=how]", (_, choice) => label(choice.form));
  on("click", "[data-ways] label", (event, line) => { if (event.detail > 0) line.closest("details").open = false; });
  document.addEventListener("click", (event) => {
    for (const open of $$("details[data-ways][open]")) if (!open.contains(event.target)) open.open = false;
  });
  on("keydown", "details[data-ways][open]", (event, open) => {
    if (event.key !== "Escape") return;
    open.open = false;
    $("summary", open).focus();
  });
  const all = () => $$("form[data-send]").forEach(label);
  document.addEventListener("htmx:afterSwap", all);
  document.addEventListener("mainstay:way", all);
  all();
}

/** Somebody wrote meanwhile: who has looked at it sends as ever. An empty composer has seen what the page shows. */
function crossing() {
  on("click", "[data-look]", (_, link) => {
    const notice = link.closest("[data-crossed]"), form = link.closest("form"), button = $("button[name=despite]", form);
    $("[data-seen]", form).value = notice.dataset.crossed;
    button.removeAttribute("name");
    button.classList.add("button--main");
    button.innerHTML = "<span data-way-label>Send</span>";
    document.dispatchEvent(new CustomEvent("mainstay:way"));
    document.dispatchEvent(new CustomEvent("mainstay:stale"));
    touch(form);
    notice.remove();
  });
  document.addEventListener("htmx:afterSwap", () => $("[data-crossed]")?.focus());
  document.addEventListener("mainstay:fresh", () => {
    const newest = Math.max(0, ...$$("#thread [id^=message-]").map((entry) => Number(entry.id.slice(8))));
    for (const seen of $$("form [data-seen]")) if (!$("textarea", seen.form).value.trim()) seen.value = String(newest);
  });
}

/** Undo is offered for as long as the letter is held, and says how long that is. */
function counting() {
  for (const line of $$("[data-toast]")) {
    const seconds = Number(line.dataset.until ?? 6), button = $("button", line), label = button?.textContent;
    const end = performance.now() + seconds * 1000;
    const timer = setInterval(() => {
      const left = Math.ceil((end - performance.now()) / 1000);
      if (left <= 0) { clearInterval(timer); line.remove(); }
      else if (button) button.textContent = `${label} (${left})`;
    }, 250);
  }
}
