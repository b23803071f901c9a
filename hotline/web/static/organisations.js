// The register is searched as one types: the list follows the field, the address follows the list.
const form = document.getElementById("finder");
const found = document.getElementById("found");
const WAIT = 120;
let timer = 0;
let asking = null;

const wanted = () => {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) query.append(name, value);
  return query.toString();
};

const look = async () => {
  asking?.abort();
  asking = new AbortController();
  const query = wanted();
  let answer;
  try {
    answer = await fetch(`${form.dataset.rowsUrl}?${query}`, { headers: { Accept: "text/html" }, signal: asking.signal });
  } catch {
    return;
  }
  if (answer.redirected || (!answer.ok && answer.status !== 422)) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  found.replaceChildren(...page.body.childNodes);
  history.replaceState(null, "", query ? `${form.action}?${query}` : form.action);
};

// While an input method is composing, what stands in the field is not yet what is meant.
form.addEventListener("input", (event) => {
  if (event.isComposing) return;
  clearTimeout(timer);
  timer = setTimeout(look, WAIT);
});
form.addEventListener("compositionend", () => {
  clearTimeout(timer);
  timer = setTimeout(look, WAIT);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  look();
});
