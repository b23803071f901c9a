// Facts the words tell, offered beside their fields. A press fills a field in; nothing is filled in by itself.
const form = document.getElementById("intake");
const proposal = document.getElementById("proposal");
const fields = ["employer", "place", "people", "amount_owed"];

const placeOf = (name) => {
  const field = form.elements[name].closest(".field");
  let place = field.querySelector(".offers");
  if (!place) {
    place = document.createElement("div");
    place.className = "offers bar";
    field.append(place);
  }
  return place;
};

const show = () => {
  const offered = proposal.querySelector("template[data-offers]")?.content;
  for (const name of fields) {
    const place = placeOf(name);
    // What somebody is just reaching with the keyboard stays until the focus has left it.
    if (place.contains(document.activeElement)) continue;
    const buttons = offered ? [...offered.querySelectorAll(`[data-field="${name}"]`)] : [];
    place.replaceChildren(...buttons.filter((one) => one.dataset.value !== form.elements[name].value).map((one) => one.cloneNode(true)));
  }
};

form.addEventListener("click", (event) => {
  const button = event.target.closest(".offers [data-field]");
  if (!button) return;
  const field = form.elements[button.dataset.field];
  field.value = button.dataset.value;
  field.focus();
  button.remove();
  // Whoever listens to typing (the proposal, the draft) hears of it as of typing.
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

new MutationObserver(show).observe(proposal, { childList: true });
show();
