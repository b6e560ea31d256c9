// Pages that keep themselves current: one stream says which tickets changed, and the page fetches what it shows of them.
import { $, $$, fragment } from "./dom.js";

const SLOW = 60_000; // without the stream, ask this often
export const takers = {}; // kind of page -> what puts fresh content into it, where that is not the parts that have keys
let busy = false, again = false, timer = 0;

export function live() {
  const offline = $("#offline");
  const online = (yes) => { if (offline) offline.hidden = yes; };
  addEventListener("offline", () => online(false));
  addEventListener("online", () => { online(true); refresh(); });
  document.addEventListener("mainstay:stale", () => refresh());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  setInterval(() => { if (!document.hidden) refresh(); }, SLOW);
  listen(document.body.dataset.events, online);
}

// A browser opens only six connections to one server, so a page that nobody looks at lets its stream go.
function listen(address, online) {
  if (!address || !window.EventSource) return;
  let stream;
  const close = () => { stream?.close(); stream = undefined; };
  const open = () => {
    if (stream || document.hidden) return;
    stream = new EventSource(address);
    stream.addEventListener("change", (event) => changed(JSON.parse(event.data)));
    stream.addEventListener("here", (event) => {
      const at = Number($("[data-here]")?.dataset.ticket);
      if (JSON.parse(event.data).tickets.includes(at)) document.dispatchEvent(new CustomEvent("mainstay:here"));
    });
    stream.addEventListener("ringing", () => document.dispatchEvent(new CustomEvent("mainstay:ringing")));
    stream.addEventListener("bye", close);
    stream.onopen = () => { if (lost) refresh(); lost = false; online(navigator.onLine); };
    stream.onerror = () => {
      if (!lost) setTimeout(() => { if (lost) online(false); }, 4000);
      lost = true;
      if (stream?.readyState === EventSource.CLOSED) { close(); setTimeout(open, 5000 + Math.random() * 5000); }
    };
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
}

let lost = false;

function changed(news) {
  const page = $("[data-live]");
  if (page?.dataset.live === "ticket" && !news.all && !news.tickets.includes(Number(page.dataset.ticket))) return counts();
  timer ||= setTimeout(() => { timer = 0; refresh(); }, 40); // the first of a burst decides: a stream of them delays nothing
}

async function counts() {
  const found = await fragment(document.body.dataset.counts);
  if (found) takeCounts(found);
}

export async function refresh() {
  if (busy) { again = true; return; }
  busy = true;
  const page = $("[data-live]");
  const slow = setTimeout(() => page?.setAttribute("aria-busy", "true"), 600);
  try {
    if (!page) return await counts();
    const found = await fragment(page.dataset.refresh);
    if (!found) return;
    document.dispatchEvent(new CustomEvent("mainstay:refreshing"));
    if (takers[page.dataset.live]) { takeCounts(found); takers[page.dataset.live](page, found); }
    else { takeParts(page, found); counts(); }
    document.dispatchEvent(new CustomEvent("mainstay:fresh"));
  } finally {
    clearTimeout(slow);
    page?.removeAttribute("aria-busy");
    busy = false;
    if (again) { again = false; refresh(); }
  }
}

function takeCounts(found) {
  for (const fresh of $$("#counts [data-count]", found)) {
    for (const place of $$(`.nav [data-count="${fresh.dataset.count}"]`)) {
      if (place.textContent !== fresh.textContent) place.textContent = fresh.textContent;
      place.className = fresh.className;
    }
  }
}

function takeParts(page, found) {
  const thread = $("#thread", page);
  for (const part of $$("[data-key]", found)) {
    const old = document.getElementById(part.id);
    if (!old) {
      if (part.closest("#thread")) { part.classList.add("fresh"); thread.append(part); }
      else if (part.matches(".card")) $(".side", page)?.append(part);
      continue;
    }
    if (part.dataset.version !== undefined && part.dataset.version === old.dataset.version) continue;
    if (old.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    if (part.hasAttribute("data-minor")) part.hidden = old.hidden;
    old.replaceWith(part);
    if (focused) $(`[href="${CSS.escape(focused)}"]`, part)?.focus({ preventScroll: true });
  }
}
