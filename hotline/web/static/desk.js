// Lists: j and k move, Enter opens, a accepts; new cases wait behind a pill. What is being read never moves by itself.
import { taken } from "./keys.js";
import { on } from "./live.js";

const desk = document.getElementById("desk");
const pill = document.getElementById("fresh");
const rows = () => [...desk.querySelectorAll("tbody tr")];
const numbers = (root) => new Set([...root.querySelectorAll("tr[data-number]")].map((row) => row.dataset.number));
let chosen = null;

const choose = (row) => {
  if (!row) return;
  rows().forEach((other) => other.removeAttribute("aria-selected"));
  row.setAttribute("aria-selected", "true");
  chosen = row.dataset.number;
  row.querySelector("a.no").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
};

document.addEventListener("keydown", (event) => {
  if (taken(event)) return;
  const all = rows();
  const at = all.findIndex((row) => row.dataset.number === chosen);
  if (event.key === "j") choose(all[Math.min(at + 1, all.length - 1)]);
  else if (event.key === "k") choose(all[Math.max(at - 1, 0)]);
  else if (event.key === "a" && at >= 0) all[at].querySelector("button[formaction]")?.click();
  // Enter needs nothing: the chosen row's link has the focus.
});

// The whole row opens the case, without taking away links, buttons or the marking of text.
desk.addEventListener("click", (event) => {
  const row = event.target.closest("tbody tr");
  if (!row || event.target.closest("a, button, input") || getSelection()?.toString()) return;
  row.querySelector("a.no").click();
});

const address = desk.dataset.rowsUrl;
let fresh = null;
let timer = 0;
let asking = null;

const look = async () => {
  asking?.abort();
  asking = new AbortController();
  let answer;
  try {
    answer = await fetch(address, { headers: { Accept: "text/html" }, signal: asking.signal });
  } catch {
    return;
  }
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = numbers(page);
  const shown = numbers(desk);
  const added = [...now].filter((number) => !shown.has(number)).length;
  for (const row of rows()) {
    const gone = !now.has(row.dataset.number);
    row.classList.toggle("gone", gone);
    row.title = gone ? desk.dataset.gone : "";
  }
  fresh = page.body;
  pill.hidden = added === 0;
  if (added) pill.textContent = added === 1 ? pill.dataset.one : pill.dataset.many.replace("{n}", added);
};

const soon = () => {
  clearTimeout(timer);
  // Everybody looks at the same moment otherwise.
  timer = setTimeout(look, 300 + Math.random() * 700);
};

if (address && pill) {
  on("case", soon);
  on("back", soon);
  pill.addEventListener("click", () => {
    if (!fresh) return;
    desk.replaceChildren(...fresh.childNodes);
    fresh = null;
    pill.hidden = true;
    choose(rows().find((row) => row.dataset.number === chosen) ?? rows()[0]);
  });
}
