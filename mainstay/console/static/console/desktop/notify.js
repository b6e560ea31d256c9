// What somebody was told, said on their desktop. One page of the browser does it for all of them, and keeps listening
// while nobody looks at it; the server says what may be said now, so a closed browser loses nothing.
import { $, $$, on, toast } from "../dom.js";

const QUIET = 1500; // a burst ends when nothing came for this long
const SLOW = 60_000; // without the stream, ask this often
const place = () => `told:${document.body.dataset.person}`;

export function notify() {
  if (!("Notification" in window) || !document.body.dataset.fresh) return;
  show();
  on("click", "[data-allow-desktop]", async () => { await Notification.requestPermission(); show(); begin(); });
  on("click", "[data-test-desktop]", test);
  begin();
}

function show() {
  for (const line of $$("[data-ask-desktop]")) line.hidden = Notification.permission !== "default";
  for (const line of $$("[data-desktop-blocked]")) line.hidden = Notification.permission !== "denied";
}

let begun = false;
function begin() {
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

function say({ title, body, address }) {
  const note = new Notification(title, { body, tag: "mainstay", renotify: true, icon: $("link[rel=icon]")?.href });
  note.onclick = () => { window.focus(); location.assign(address); note.close(); };
}

async function test() {
  if (Notification.permission === "default") { await Notification.requestPermission(); show(); begin(); }
  if (Notification.permission !== "granted") return toast("This browser is set to show no notifications of this site.", 10);
  say({ title: "This is a test", body: "So it looks when Mainstay has something for you.", address: location.pathname });
}
