// Drafts: what is typed is kept in this browser at once and on the server soon after, and outlives either.
import { $, $$, on, post, signedOut } from "./dom.js";

const SOON = 900, AT_LATEST = 5000; // milliseconds after the last key, and after the first that is not saved yet
const waiting = new Map(); // form -> { timer, since }

const key = (form) => `draft:${document.body.dataset.person}:${form.dataset.draft}`;
const area = (form) => $("textarea[name=text], textarea", form);
const say = (form, words) => { const place = $("[data-saved]", form); if (place) place.textContent = words; };

export function drafts() {
  on("input", "form[data-draft] textarea", (_, typed) => touch(typed.form));
  restore(document);
  document.addEventListener("htmx:afterSwap", (event) => restore(event.target.parentElement ?? document));
  document.addEventListener("htmx:beforeRequest", (event) => rest(event.detail.elt));
  document.addEventListener("htmx:afterRequest", (event) => { if (!event.detail.successful && event.detail.elt.matches?.("form[data-save]")) touch(event.detail.elt); });
  on("submit", "form[data-draft]:not([hx-post])", (_, form) => forget(form));
  addEventListener("online", () => { for (const form of $$("form[data-save]")) if (read(form)) touch(form); });
  addEventListener("pagehide", () => { for (const form of [...waiting.keys()]) save(form); });
}

/** Keep what the form holds now: here at once, and on the server once the hand rests. */
export function touch(form) {
  if (!form.isConnected) return;
  const text = area(form).value;
  try {
    if (text.trim()) localStorage.setItem(key(form), JSON.stringify({ text, at: Date.now() }));
    else localStorage.removeItem(key(form));
    say(form, text.trim() ? "Draft kept in this browser" : "");
  } catch { /* private windows may refuse; the form itself still holds the text */ }
  if (!form.dataset.save) return;
  const since = waiting.get(form)?.since ?? performance.now();
  rest(form);
  const wait = Math.max(0, Math.min(SOON, since + AT_LATEST - performance.now()));
  waiting.set(form, { since, timer: setTimeout(() => save(form), wait) });
}

/** The form was sent: nothing of it is kept. */
export function forget(form) {
  rest(form);
  localStorage.removeItem(key(form));
}

function rest(form) {
  clearTimeout(waiting.get(form)?.timer);
  waiting.delete(form);
}

async function save(form) {
  rest(form);
  const text = area(form).value;
  const answer = await post(form.dataset.save, { text, nonce: form.elements.nonce.value, seen: $("[data-seen]", form)?.value ?? "" });
  if (answer?.status === 401) { signedOut(); return say(form, "Kept in this browser; you are signed out"); }
  if (!answer?.ok || area(form).value !== text) return;
  localStorage.removeItem(key(form)); // the server has it: a stale copy here must never win over a newer one there
  say(form, await answer.text());
}

function restore(root) {
  for (const form of $$("form[data-draft]", root)) {
    const kept = read(form), typed = area(form);
    if (!kept || !typed || kept.text === typed.value) continue;
    const ours = kept.at >= Number(form.dataset.savedAt ?? 0);
    if (!typed.value || (form.dataset.savedAt && ours) || form.dataset.draft.endsWith("-close")) {
      typed.value = kept.text;
      if (form.dataset.save) touch(form);
    }
  }
}

function read(form) {
  try { return JSON.parse(localStorage.getItem(key(form))); } catch { return null; }
}
