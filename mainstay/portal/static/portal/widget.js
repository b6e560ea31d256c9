// Mainstay's help and feedback inside your product. Load it with:
//   <script src="https://support.example.org/feedback/widget.js" data-key="…" data-token-url="/support-token" defer></script>
// It asks the desk that it was loaded from, and your own token address, and nobody else. It sets no cookie and stores
// nothing. It needs no inline style or script; a content security policy has to name the desk in script-src and frame-src.
(() => {
  "use strict";
  const script = document.currentScript;
  const desk = new URL(script.src).origin;
  const { key, tokenUrl, label = "Help and feedback", button = "yes" } = script.dataset;
  const STYLE = `
    button { font: 600 16px/1.2 system-ui, sans-serif; cursor: pointer; min-height: 44px; }
    .open { position: fixed; right: 16px; bottom: 16px; z-index: 2147483000; padding: 0 18px; border: 0; border-radius: 22px;
      color: #fff; background: #1f4fd1; box-shadow: 0 2px 10px rgb(0 0 0 / 25%); }
    .open:hover { background: #173ca3; }
    button:focus-visible { outline: 3px solid #ffb020; outline-offset: 2px; }
    dialog { box-sizing: border-box; width: min(44rem, 100vw); height: min(46rem, 100dvh); max-width: 100vw;
      max-height: 100dvh; padding: 0; border: 0; border-radius: 12px; overflow: hidden; background: #fff; }
    dialog::backdrop { background: rgb(15 20 30 / 45%); }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    .close { position: absolute; right: 10px; top: 10px; width: 44px; border: 0; border-radius: 22px; font-size: 22px;
      color: #1c2024; background: #eef0f3; }
    @media print { .open { display: none; } }`;
  let dialog, frame, opener;

  async function token() {
    if (window.MainstayFeedback.token) return window.MainstayFeedback.token();
    const answer = await fetch(tokenUrl, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok) throw new Error(`no token: ${answer.status}`);
    const text = await answer.text();
    return text.trimStart().startsWith("{") ? JSON.parse(text).token : text.trim();
  }

  async function hear(event) {
    if (!frame || event.source !== frame.contentWindow || event.origin !== desk) return;
    if (event.data?.mainstay === "leave") close();
    if (event.data?.mainstay !== "ask") return;
    const answer = { mainstay: "token", id: event.data.id, token: "", page: location.pathname };
    try { answer.token = await token(); } catch { answer.token = ""; }
    frame?.contentWindow.postMessage(answer, desk);
  }

  function open(kind = "") {
    opener = document.activeElement;
    frame = document.createElement("iframe");
    frame.title = label;
    frame.referrerPolicy = "origin";
    frame.src = `${desk}/feedback/frame/${encodeURIComponent(key)}/${kind ? `?kind=${encodeURIComponent(kind)}` : ""}`;
    dialog.prepend(frame);
    dialog.showModal();
  }

  function close() { if (dialog.open) dialog.close(); }

  function closed() {
    frame?.remove();
    frame = undefined;
    opener?.focus?.();
  }

  function make(name, attributes, text = "") {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    made.textContent = text;
    return made;
  }

  function begin() {
    const host = make("div", { "data-mainstay-feedback": "" });
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    dialog = make("dialog", { "aria-label": label });
    const shut = make("button", { type: "button", class: "close", "aria-label": "Close" }, "×");
    shut.addEventListener("click", close);
    dialog.append(shut);
    dialog.addEventListener("close", closed);
    root.append(dialog);
    if (button !== "no") {
      const opens = make("button", { type: "button", class: "open", "aria-haspopup": "dialog" }, label);
      opens.addEventListener("click", () => open());
      root.prepend(opens);
    }
    document.body.append(host);
    window.addEventListener("message", hear);
  }

  window.MainstayFeedback = { open, close, token: null };
  if (document.body) begin(); else document.addEventListener("DOMContentLoaded", begin);
})();
