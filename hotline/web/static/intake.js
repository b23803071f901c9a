// The page of somebody who is talking: proposal while typing, the draft kept on the server, who calls, keys.
// Nothing here takes the focus except a key the operator pressed, and nothing typed is kept in the browser.

const form = document.getElementById("intake");
const saved = document.getElementById("saved");
const headers = { "X-CSRF-Token": form.elements.csrf.value, "Content-Type": "application/x-www-form-urlencoded", Accept: "text/html" };
const typed = () => new URLSearchParams([...new FormData(form)].filter(([name]) => name !== "csrf"));

const post = (address, body, signal) => fetch(address, { method: "POST", headers, body, signal, redirect: "error" });

// Runs `work` after `pause` ms of quiet; a newer run takes the place of one that is still on its way.
const settled = (pause, work) => {
  let timer = 0;
  let running = null;
  const run = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      running?.abort();
      running = new AbortController();
      try {
        await work(running.signal);
      } catch (error) {
        if (error.name !== "AbortError") saved.textContent = form.dataset.unsaved;
      }
    }, pause);
  };
  run.stop = () => {
    clearTimeout(timer);
    running?.abort();
  };
  return run;
};

const swap = (id, html) => {
  const place = document.getElementById(id);
  // A part the operator is reading with the keyboard stays until the focus has left it.
  if (place.contains(document.activeElement)) return;
  place.innerHTML = html;
};

const propose = settled(250, async (signal) => {
  const answer = await post(form.dataset.proposalUrl, typed(), signal);
  if (!answer.ok) return;
  swap("proposal", await answer.text());
  const words = document.querySelector("#proposal [data-spoken]")?.dataset.spoken ?? "";
  const spoken = document.getElementById("spoken");
  if (spoken.textContent !== words) spoken.textContent = words;
});

let known = form.elements.caller_number.value;
const recognise = settled(200, async (signal) => {
  const number = form.elements.caller_number.value;
  if (number === known) return;
  known = number;
  const answer = await post(form.dataset.callerUrl, new URLSearchParams({ caller_number: number }), signal);
  if (answer.ok) swap("caller", await answer.text());
});

let sending = false;
const keep = settled(600, async (signal) => {
  if (sending) return;
  const answer = await post(form.dataset.draftUrl, typed(), signal);
  const time = new Date().toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai" });
  saved.textContent = answer.ok ? form.dataset.saved.replace("{time}", time) : form.dataset.unsaved;
});

const about = new Set(["narrative", "employer", "unit", "place", "people", "amount_owed", "wish", "caller_number", "caller_name", "anonymous", "category", "department"]);
form.addEventListener("input", (event) => {
  keep();
  if (about.has(event.target.name)) propose();
  if (event.target.name === "caller_number") recognise();
});
form.elements.caller_number.addEventListener("change", recognise);
// A draft that arrives after the call itself would come back on the empty form.
form.addEventListener("submit", () => {
  sending = true;
  keep.stop();
  setTimeout(() => {
    sending = false;
  }, 8000);
});

const ends = { a: "a", w: "w", q: "q" };
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey && !event.isComposing) {
    event.preventDefault();
    const open = document.querySelector(".dock details[open]");
    form.requestSubmit(open?.contains(event.target) ? open.querySelector("button[name=action]") : document.getElementById("do-route"));
  } else if (event.altKey && !event.ctrlKey && ends[event.code.replace("Key", "").toLowerCase()]) {
    event.preventDefault();
    const end = document.querySelector(`[data-end="${event.code.replace("Key", "").toLowerCase()}"]`);
    end.open = true;
    end.querySelector("textarea, select").focus();
  } else if (event.key === "Escape") {
    const open = document.querySelector(".dock details[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  }
});

if (form.elements.narrative.value && !document.querySelector("#proposal [data-spoken]")) propose();
