// Ctrl+K. What came with the page is shown at once; then the server says what fits, of all that the person may see.
import { $, $$, fragment, make, on, point } from "./dom.js";
import { perform, possible } from "./keys.js";
import { keep, recent } from "./small.js";

const SOON = 70, SLOW = 300, STEP = 8;
const box = $("#palette"), ask = $("#palette-ask"), found = $("#palette-found"), said = $("#palette-said");
let waiting = 0, shown, asking;

ask.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(look, SOON); });
ask.addEventListener("keydown", walk);
on("click", "#palette-found [role=option]", (event, option) => { event.preventDefault(); choose(option, event.ctrlKey || event.metaKey); });
box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
box.addEventListener("close", () => { clearTimeout(waiting); asking?.abort(); });

/** Show what needs no network, and ask for what stands in the box. */
export function opened() {
  const tickets = names().filter((name) => /-\d$/.test(name)).map((name) => make("a", { role: "option", id: `found-${name}`, "data-name": name, href: `/tickets/${name}/` }, name));
  found.replaceChildren($("#palette-first").content.cloneNode(true));
  if (tickets.length) found.prepend(make("div", { role: "group", "aria-label": "Recent" }, ...tickets));
  shown = "";
  mark(options()[0]);
  look();
}

const names = () => recent().filter((name) => !location.pathname.includes(name));
const options = () => $$("[role=option]", found);
const mark = (option) => point(ask, options(), option);
const chosen = () => $("[aria-selected=true]", found);

function walk(event) {
  const all = options(), at = all.indexOf(chosen()), end = all.length - 1;
  const next = { ArrowDown: (at + 1) % all.length, ArrowUp: at > 0 ? at - 1 : end, PageDown: Math.min(at + STEP, end), PageUp: Math.max(at - STEP, 0), Home: 0, End: end }[event.key];
  if (event.key === "Enter") go(event.ctrlKey || event.metaKey);
  else if (next !== undefined) mark(all[next]);
  else return;
  event.preventDefault();
}

/** Follow what is chosen, but never what was found for other words than those that stand there now. */
async function go(apart) {
  if (shown !== ask.value) await look();
  if (shown === ask.value && chosen()) choose(chosen(), apart);
}

function choose(option, apart) {
  const { name, doesIt, macro } = option.dataset;
  keep(name);
  if (apart && option.href) return window.open(option.href, "_blank", "noopener");
  box.close();
  if (macro) document.dispatchEvent(new CustomEvent("mainstay:macros", { detail: macro }));
  else if (doesIt) perform(doesIt);
  else if (option.href) location.assign(option.href);
  else option.form.requestSubmit(option);
}

async function look() {
  clearTimeout(waiting);
  asking?.abort(); // a slow answer to earlier words comes no more
  const mine = (asking = new AbortController()), text = ask.value, { palette } = document.body.dataset;
  const slow = setTimeout(() => { found.setAttribute("aria-busy", "true"); said.textContent = "Looking …"; }, SLOW);
  const answer = await fragment(`${palette}?${new URLSearchParams({ q: text, recent: names(), can: possible() })}`, mine.signal);
  clearTimeout(slow);
  if (mine.signal.aborted) return;
  found.removeAttribute("aria-busy");
  const was = shown === text && chosen()?.id;
  if (!answer) {
    said.textContent = `${navigator.onLine ? "The desk does not answer." : "No connection."} Enter tries again.`;
    if (!was) { shown = undefined; found.replaceChildren(); }
    return mark(chosen());
  }
  shown = text;
  found.replaceChildren(...answer.body.childNodes);
  mark((was && document.getElementById(was)) || options()[0]);
  const number = options().length - (text.trim() ? 1 : 0);
  said.textContent = number ? `${number} ${number === 1 ? "result" : "results"}` : "Nothing is called that.";
}
