// The wallboard keeps itself current for days: it listens where it may, asks every few seconds all the same, says when
// what it shows is old, and loads itself anew twice a day, when it knows that the server is there.
import { $, $$, on } from "../dom.js";
import { tick } from "../countdown.js";

const EVERY = 10_000, OLD = 45_000, ANEW = 12 * 3600_000;
const body = document.body;
let good = Date.now(), began = Date.now(), waiting = 0, why = "";

async function refresh() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, EVERY);
  const limit = new AbortController(), timer = setTimeout(() => limit.abort(), 8_000);
  try {
    const answer = await fetch(body.dataset.parts, { headers: { "HX-Request": "true" }, signal: limit.signal });
    if (!answer.ok) { why = answer.status === 401 || answer.status === 404 ? "This screen is signed out." : "The server is in trouble."; return; }
    if (Date.now() - began > ANEW) return location.reload();
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("wall");
    if (!fresh) { why = "The server is in trouble."; return; }
    $("#wall").replaceWith(fresh);
    good = Date.now();
    document.dispatchEvent(new CustomEvent("mainstay:fresh"));
  } catch { why = "There is no connection."; }
  finally { clearTimeout(timer); old(); }
}

/** Old figures are worse than none: say so, and since when. */
function old() {
  const stale = Date.now() - good > OLD, line = $("#stale");
  body.classList.toggle("old", stale);
  line.hidden = !stale;
  if (!stale) return;
  const text = `${why} What you see is of ${new Date(good).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}; it goes on by itself.`;
  if (line.textContent !== text) line.textContent = text;
}

function listen() {
  if (!body.dataset.events) return;
  const stream = new EventSource(body.dataset.events);
  let soon = 0;
  stream.addEventListener("change", () => { clearTimeout(soon); soon = setTimeout(refresh, 150); });
  stream.addEventListener("bye", () => stream.close());
  stream.onerror = () => { if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 10_000); };
}

on("click", "[data-full]", () => document.documentElement.requestFullscreen?.());
document.addEventListener("mainstay:stale", refresh);
setInterval(old, 5_000);
waiting = setTimeout(refresh, EVERY);
tick();
listen();
navigator.wakeLock?.request("screen").catch(() => {});
document.addEventListener("visibilitychange", () => { if (!document.hidden) { refresh(); navigator.wakeLock?.request("screen").catch(() => {}); } });
