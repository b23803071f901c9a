// Employers of the register, offered under the field while a name is typed or told. Choosing one fills in its code;
// typing on forgets it. Nothing here takes the focus but the choice itself, which gives it back to the field.

const form = document.getElementById("intake");
const place = document.getElementById("units");
const { employer, unit } = form.elements;
const told = new Set(["employer", "narrative", "place"]);

let timer = 0;
let running = null;
const look = () => {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    running?.abort();
    running = new AbortController();
    const body = new URLSearchParams([...told, "unit"].map((name) => [name, form.elements[name].value]));
    const headers = { "X-CSRF-Token": form.elements.csrf.value, Accept: "text/html" };
    try {
      const answer = await fetch(form.dataset.unitsUrl, { method: "POST", headers, body, signal: running.signal, redirect: "error" });
      if (answer.ok && !place.contains(document.activeElement)) place.innerHTML = await answer.text();
    } catch {
      // The next key asks again.
    }
  }, 200);
};

form.addEventListener("input", (event) => {
  if (event.target === employer) unit.value = "";
  if (told.has(event.target.name)) look();
});

place.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-unit]");
  if (!button) return;
  unit.value = button.dataset.unit;
  if (button.dataset.name) employer.value = button.dataset.name;
  employer.focus();
  // What is proposed and kept as a draft changes with it.
  unit.dispatchEvent(new Event("input", { bubbles: true }));
  look();
});

employer.addEventListener("keydown", (event) => {
  const first = place.querySelector("button[data-unit]");
  if (event.key !== "ArrowDown" || !first) return;
  event.preventDefault();
  first.focus();
});
