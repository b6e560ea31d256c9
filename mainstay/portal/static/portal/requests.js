// Requests on the clients' side. Every page works without this; with it, words are kept, files dropped, and promises shown.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const asks = { headers: { "HX-Request": "true" }, credentials: "same-origin" };

// A form that was taken leads to a page that says so: what was kept of it is forgotten before it could come back.
const sent = sessionStorage.getItem("request:sent");
sessionStorage.removeItem("request:sent");
if (sent && $(".notice--good")) write(sent, null);

for (const form of $$("form[data-draft]")) keep(form);
for (const form of $$("form[data-once]")) form.addEventListener("submit", (event) => sendOnce(event, form));
for (const place of $$("[data-attach]")) attach(place);
for (const place of $$("[data-promise]")) promise(place);
for (const place of $$("[data-similar]")) offer(place);
for (const form of $$("[data-saw]")) saw(form);
for (const line of $$("[data-news]")) watch(line);

/** What is typed is kept in this tab at once and on the server soon after, so that it is found on another device too. */
function keep(form) {
  const SOON = 900, AT_LATEST = 5000; // milliseconds after the last key, and after the first that is not saved yet
  const key = `request:${form.dataset.draft}`, told = $("[data-kept]", form);
  const fields = () => [...form.elements].filter((one) => one.name && !/^(hidden|file|submit|button)$/.test(one.type));
  const said = () => {
    const found = {};
    for (const one of fields()) if (one.type !== "radio" || one.checked) found[one.name] = one.value;
    return found;
  };
  let timer, since;
  const rest = () => { clearTimeout(timer); timer = since = undefined; };
  const later = () => {
    since ??= performance.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(SOON, since + AT_LATEST - performance.now())));
  };
  const save = () => send(said());
  const send = async (now) => {
    rest();
    const beside = [...form.elements].filter((one) => /^(csrfmiddlewaretoken|nonce|about)$/.test(one.name));
    const body = new URLSearchParams([...beside.map((one) => [one.name, one.value]), ...Object.entries(now)]);
    try {
      const answer = await fetch(form.dataset.save, { method: "POST", body, keepalive: body.toString().length < 60_000, ...asks });
      const words = await answer.text();
      if (!answer.ok) { if (answer.status === 401 || answer.status === 422) told.textContent = words; return; }
      if (form.dataset.sent || JSON.stringify(said()) !== JSON.stringify(now)) return;
      write(key, null); // the server has it: what is older here must never win over it
      told.textContent = words;
    } catch { /* this tab has it, and the next key tries again */ }
  };
  const kept = read(key);
  if (kept?.said && kept.at >= Number(form.dataset.savedAt) && !$(".errorlist", form)) {
    for (const one of fields()) {
      if (!(one.name in kept.said)) continue;
      if (one.type === "radio") one.checked = kept.said[one.name] === one.value;
      else one.value = kept.said[one.name];
    }
    for (const fold of $$("details", form)) if ($$("textarea, input", fold).some((one) => one.value && one.type !== "radio")) fold.open = true;
    form.closest("details")?.setAttribute("open", "");
    later();
  }
  form.addEventListener("input", () => {
    const now = said();
    write(key, { said: now, at: Date.now() });
    told.textContent = Object.values(now).some(Boolean) ? told.textContent || told.dataset.kept : "";
    later();
  });
  form.addEventListener("submit", () => { rest(); sessionStorage.setItem("request:sent", key); });
  addEventListener("pagehide", () => { if (timer !== undefined) save(); });
  $("[data-forget]", form)?.addEventListener("click", () => { write(key, null); send({}); });
}

function read(key) {
  try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
}

function write(key, said) {
  try {
    if (said) sessionStorage.setItem(key, JSON.stringify(said));
    else sessionStorage.removeItem(key);
  } catch { /* private windows may refuse; the form itself still holds the words */ }
}

/** A second click sends nothing; the server would take it for the same in any case. */
function sendOnce(event, form) {
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  for (const button of $$("button[type=submit]", form)) button.setAttribute("aria-busy", "true");
  addEventListener("pageshow", () => { delete form.dataset.sent; for (const button of $$("button[type=submit]", form)) button.removeAttribute("aria-busy"); }, { once: true });
}

/** Files are chosen, dropped on their place or pasted into the form; each can be taken off again before sending. */
function attach(place) {
  const input = $("input[type=file]", place), list = $("[data-chosen]", place), form = input.form;
  const most = Number(input.dataset.most), largest = Number(input.dataset.largest);
  let files = [];
  const set = (wanted) => {
    files = [];
    let weight = 0;
    const left = [];
    for (const file of wanted) {
      if (files.length < most && weight + file.size <= largest) { files.push(file); weight += file.size; } else left.push(file.name);
    }
    const carrier = new DataTransfer();
    for (const file of files) carrier.items.add(file);
    input.files = carrier.files;
    list.replaceChildren(...files.map(line), ...left.map((name) => made("li", `${name}: ${list.dataset.left}`)));
  };
  const line = (file, index) => {
    const item = made("li", file.name), off = made("button", "×");
    off.type = "button";
    off.setAttribute("aria-label", `${list.dataset.remove} ${file.name}`);
    off.addEventListener("click", () => { set(files.filter((_, other) => other !== index)); input.focus(); });
    item.append(off);
    return item;
  };
  const add = (more) => set([...files, ...[...more].filter((file) => !files.some((one) => one.name === file.name && one.size === file.size))]);
  input.addEventListener("change", () => add(input.files));
  form.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) { event.preventDefault(); place.classList.add("dropping"); } });
  form.addEventListener("dragleave", (event) => { if (!form.contains(event.relatedTarget)) place.classList.remove("dropping"); });
  form.addEventListener("drop", (event) => { if (!event.dataTransfer.files.length) return; event.preventDefault(); place.classList.remove("dropping"); add(event.dataTransfer.files); });
  form.addEventListener("paste", (event) => { if (event.clipboardData.files.length && !event.clipboardData.types.includes("text/plain")) { event.preventDefault(); add(event.clipboardData.files); } });
}

function made(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

/** What is promised for what has just been chosen, as the server reads it from the agreement. */
function promise(place) {
  const form = place.closest("form");
  let asked;
  const ask = async () => {
    const said = new URLSearchParams();
    for (const name of ["organisation", "product", "urgency", "impact"]) said.set(name, new FormData(form).get(name) ?? "");
    if (!said.get("urgency") || !said.get("impact")) return;
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(`${place.dataset.promise}?${said}`, { ...asks, signal: asked.signal });
      if (answer.ok) place.innerHTML = await answer.text();
    } catch { /* the next choice asks again */ }
  };
  form.addEventListener("change", (event) => { if (/^(organisation|product|urgency|impact)$/.test(event.target.name)) ask(); });
  ask();
}

/** What is known already and like what is typed; it never takes the words or the place of whoever types. */
function offer(place) {
  const form = place.closest("form"), subject = form.elements.subject;
  let timer, asked;
  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const said = new URLSearchParams({ subject: subject.value, product: form.elements.product?.value ?? "" });
    try {
      const answer = await fetch(`${place.dataset.similar}?${said}`, { ...asks, signal: asked.signal });
      if (!answer.ok) return;
      place.innerHTML = await answer.text();
      place.hidden = !place.textContent.trim();
    } catch { /* the next letter asks again */ }
  };
  form.addEventListener("input", (event) => {
    if (!/^(subject|product)$/.test(event.target.name)) return;
    clearTimeout(timer);
    if (subject.value.trim().length > 3) timer = setTimeout(ask, 400);
  });
}

/** Tell the desk that the page has been before somebody's eyes: visible for a second, and never because it was fetched ahead. */
function saw(form) {
  let timer;
  const look = () => {
    clearTimeout(timer);
    if (document.visibilityState !== "visible" || document.prerendering) return;
    timer = setTimeout(async () => {
      try {
        const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), ...asks });
        if (answer.ok) $("button", form).remove();
      } catch { /* the button stays */ }
    }, 1000);
  };
  document.addEventListener("visibilitychange", look);
  look();
}

/** Ask now and then whether the page would say something else, while it is looked at; nothing on it moves by itself. */
function watch(line) {
  const ask = async () => {
    if (document.visibilityState !== "visible" || !line.hidden) return;
    try {
      const answer = await fetch(line.dataset.news, asks);
      if (answer.status !== 200) return;
      $("span", line).textContent = await answer.text();
      line.hidden = false;
    } catch { /* asked again */ }
  };
  setInterval(ask, 30_000);
  document.addEventListener("visibilitychange", ask);
}
