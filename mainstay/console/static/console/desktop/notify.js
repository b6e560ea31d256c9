// What somebody was told, said on their desktop. One page of the browser does it for all of them, and keeps listening
// while nobody looks at it; the server says what may be said now, so a closed browser loses nothing.
import { $ } from "../dom.js";

const QUIET = 1500; // a burst ends when nothing came for this long
const SLOW = 60_000; // without the stream, ask this often
const place = () => `told:${document.body.dataset.person}`;

let begun = false;
export function notify() {
  if (begun || Notification.permission !== "granted") return;
  begun = true;
  if (navigator.locks) navigator.locks.request("mainstay-desktop", () => listen());
  else listen();
}

/** Listen for as long as the page lives: the promise never ends, and so the lock is held. */
function listen() {
  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(ask, QUIET); };
  const stream = new EventSource(document.body.dataset.events);
  stream.addEventListener("change", soon);
  stream.addEventListener("bye", () => stream.close());
  setInterval(ask, SLOW);
  ask();
  return new Promise(() => {});
}

async function ask() {
  const after = localStorage.getItem(place()) ?? "";
  const answer = await fetch(`${document.body.dataset.fresh}?after=${after}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok) return;
  const said = await answer.json();
  localStorage.setItem(place(), String(said.last));
  if (said.title) say(said);
}

export function say({ title, body, address }) {
  const note = new Notification(title, { body, tag: "mainstay", renotify: true, icon: $("link[rel=icon]")?.href });
  note.onclick = () => { window.focus(); location.assign(address); note.close(); };
}
