// What the other modules share.
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Call `handle(event, element)` for events of `kind` inside elements that match `selector`, now and later. */
export function on(kind, selector, handle, options) {
  document.addEventListener(kind, (event) => {
    const element = event.target instanceof Element && event.target.closest(selector);
    if (element) handle(event, element);
  }, options);
}

/** Whether the person is typing, so that single keys are letters. */
export const typing = () => {
  const at = document.activeElement;
  return !!at && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName) && !/^(checkbox|radio|button|submit)$/.test(at.type));
};

/** An element; what stands in it stays text. */
export function make(tag, attributes, ...inside) {
  const made = document.createElement(tag);
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  made.append(...inside);
  return made;
}

/** Choose one option of a field, or none. */
export function point(field, options, option) {
  for (const other of options) other.setAttribute("aria-selected", other === option);
  if (!option) return field.removeAttribute("aria-activedescendant");
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

/** Show one line for some seconds; somebody with a screen reader hears it. */
export function toast(text, seconds = 6) {
  const line = make("div", { class: "toast" }, text);
  $("#toasts").append(line);
  setTimeout(() => line.remove(), seconds * 1000);
}

/** Fetch a fragment; undefined where that failed, which has then been said. */
export async function fragment(address, signal) {
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin", signal });
    if (answer.status === 401) return void signedOut();
    if (!answer.ok) return undefined;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return undefined;
  }
}

/** Send a few values; undefined where there is no connection. Goes through even while the page is being left. */
export async function post(address, values) {
  const headers = { "HX-Request": "true", "X-CSRFToken": document.body.dataset.csrf };
  const body = new URLSearchParams(values);
  try {
    return await fetch(address, { method: "POST", headers, body, credentials: "same-origin", keepalive: body.toString().length < 60_000 });
  } catch {
    return undefined;
  }
}

let told = false;
export function signedOut() {
  if (told) return;
  told = true;
  toast("You are signed out. Sign in again in another tab; what you typed is kept here.", 60);
}
