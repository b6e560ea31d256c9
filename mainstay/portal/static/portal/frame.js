// The form inside a product's page. Who writes is what the page around it says by a signed token, asked for as it is
// sent: so a form may stay open for an hour, and a token live for minutes. The question holds no secret, so that it may
// be asked of whichever page stands around; the browser lets no other than the product's own stand there.
const form = document.querySelector("form[data-signed]");
const PATIENCE = 20_000;

function ask() {
  return new Promise((resolve, reject) => {
    const id = crypto.randomUUID();
    const hear = (event) => {
      if (event.source !== window.parent || event.data?.mainstay !== "token" || event.data.id !== id) return;
      window.removeEventListener("message", hear);
      if (event.data.token) resolve(event.data);
      else reject(new Error("no token"));
    };
    window.addEventListener("message", hear);
    window.parent.postMessage({ mainstay: "ask", id }, "*");
    setTimeout(() => reject(new Error("no answer")), PATIENCE);
  });
}

// Without this script nobody could say who writes, so the button waits for it.
if (form) form.querySelector("[type=submit]").disabled = false;
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const said = await ask();
    form.elements.token.value = said.token;
    form.elements.page.value = said.page || "";
    form.submit();
  } catch {
    const words = document.createElement("p");
    words.className = "notice notice--grave";
    words.textContent = form.dataset.unsigned;
    form.querySelector("[data-trouble]").replaceChildren(words);
    button.disabled = false;
  }
});

const leave = () => window.parent.postMessage({ mainstay: "leave" }, "*");
document.querySelectorAll("[data-leave]").forEach((button) => button.addEventListener("click", leave));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") leave(); });
document.querySelector("h1")?.setAttribute("tabindex", "-1");
if (!form || form.querySelector(".notice, .errorlist")) document.querySelector("h1")?.focus();
