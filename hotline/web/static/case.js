// A case: copy its number, show a masked value for a minute, keep what is typed in an open step from being left by mistake.
import { on } from "./live.js";

const minute = 60000;

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  const words = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
    setTimeout(() => {
      button.textContent = words;
    }, 2000);
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

for (const box of document.querySelectorAll("[data-reveal]")) {
  const form = box.querySelector("form");
  const value = document.querySelector(`[data-masked="${box.dataset.reveal}"]`);
  const mistake = form.querySelector(".mistake");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    mistake.hidden = true;
    const headers = { Accept: "application/json", "X-CSRF-Token": form.elements.csrf.value };
    let data = {};
    let answer = null;
    try {
      answer = await fetch(form.action, { method: "POST", headers, body: new URLSearchParams(new FormData(form)) });
      data = await answer.json();
    } catch {
      data = {};
    }
    if (!answer?.ok || typeof data.value !== "string") {
      mistake.textContent = data.detail ?? document.getElementById("connection")?.dataset.off ?? "";
      mistake.hidden = false;
      return;
    }
    const masked = value.textContent;
    value.textContent = data.value;
    form.reset();
    box.open = false;
    box.hidden = true;
    const hide = () => {
      value.textContent = masked;
      box.hidden = false;
    };
    setTimeout(hide, minute);
    addEventListener("pagehide", hide, { once: true });
  });
}

// Somebody else has moved this case: say so, change nothing under the reader's eyes.
const here = document.querySelector("[data-case]");
if (here) {
  on("case", (data) => {
    if (data.number !== here.dataset.case || Number(data.version ?? 0) <= Number(here.dataset.version)) return;
    here.hidden = false;
  });
  here.querySelector("button")?.addEventListener("click", () => location.reload());
}
