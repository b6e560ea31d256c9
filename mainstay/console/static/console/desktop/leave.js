// May the desktop speak to somebody? Asked only where it is asked for, and tried out on request.
import { $$, on, toast } from "../dom.js";
import { notify, say } from "./notify.js";

export function leave() {
  if (!("Notification" in window)) return;
  show();
  on("click", "[data-allow-desktop]", ask);
  on("click", "[data-test-desktop]", test);
}

function show() {
  for (const line of $$("[data-ask-desktop]")) line.hidden = Notification.permission !== "default";
  for (const line of $$("[data-desktop-blocked]")) line.hidden = Notification.permission !== "denied";
}

async function ask() {
  await Notification.requestPermission();
  show();
  notify();
}

async function test() {
  if (Notification.permission === "default") await ask();
  if (Notification.permission !== "granted") return toast("This browser is set to show no notifications of this site.", 10);
  say({ title: "This is a test", body: "So it looks when Mainstay has something for you.", address: location.pathname });
}
