// What every page of the console has: keys, menus, one sending per form, the notices pill, the focus after a mistake.
// Loaded by base.html and imported by no module: an import has another address and would run it twice.
import { taken } from "./keys.js";
import { on } from "./live.js";

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
    return;
  }
  if (taken(event)) return;
  if (event.key === "/") {
    event.preventDefault();
    document.querySelector("[data-key='/']")?.focus();
  } else if (event.key === "?") {
    event.preventDefault();
    document.getElementById("keys")?.showModal();
  }
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (opener || !menu.contains(event.target)) menu.open = false;
  }
});

// A second press while the first is on its way does nothing. The button's own value must travel, so it is disabled a moment later.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-once") || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 8000);
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// After a mistake the summary speaks first (it is an alert) and the first wrong field has the focus.
const summary = document.querySelector("[data-summary]");
(summary?.closest("details") ?? summary)?.scrollIntoView({ block: "start" });
document.querySelector("[aria-invalid='true']")?.focus({ preventScroll: true });
document.addEventListener("click", (event) => {
  const link = event.target.closest(".summary a");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  field.closest("details:not([open])")?.setAttribute("open", "");
  (field.matches("fieldset") ? field.querySelector("input") : field)?.focus();
});

let notices = 0;
on("notice", () => {
  const pill = document.getElementById("notices");
  // A list says for itself what is new.
  if (document.getElementById("desk")) return;
  if (!pill) return;
  notices += 1;
  pill.textContent = notices === 1 ? pill.dataset.one : pill.dataset.many.replace("{n}", notices);
  pill.hidden = false;
});
