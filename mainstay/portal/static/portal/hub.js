// The Support Hub with a script: the question whether an article helped comes when it is reached, and is answered in its
// place. Until then a page that everybody gets asks for no cookie.
const helped = document.querySelector("[data-load]");

if (helped) {
  const seen = new IntersectionObserver((found) => {
    if (found.some((one) => one.isIntersecting)) {
      seen.disconnect();
      show(helped.dataset.load);
    }
  }, { rootMargin: "200px" });
  seen.observe(helped);

  helped.addEventListener("click", (event) => {
    const why = event.target.closest("[data-why]");
    if (why && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      show(why.href, undefined, "h2");
    }
  });

  helped.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const said = new FormData(form, event.submitter);
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    show(form.action, said, "[tabindex='-1']");
  });
}

async function show(address, said, focus) {
  try {
    const answer = await fetch(address, { method: said ? "POST" : "GET", body: said, headers: { "HX-Request": "true" } });
    const text = await answer.text();
    if (!answer.ok && answer.status !== 422 && answer.status !== 429) throw new Error(answer.statusText);
    helped.innerHTML = text;
    if (focus) helped.querySelector(focus)?.focus();
  } catch {
    for (const button of helped.querySelectorAll("button")) button.disabled = false; // so that it can be sent again
  }
}

// A table of contents is folded where it would push the text out of sight.
if (matchMedia("(max-width: 61.99rem)").matches) {
  for (const one of document.querySelectorAll("[data-folds]")) one.open = false;
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
