// A chart whose marks lead to their cases: the picture the browser has chosen is put into the page as a drawing.
// Without scripts the picture stays. Readers of screens keep the picture and its words, and so does the keyboard: the
// tables have the same links, and nobody has to step through ninety marks.
const svg = "http://www.w3.org/2000/svg";
const cases = "/figures/behind?";

const drawingOf = (text) => {
  const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (root.namespaceURI !== svg || root.localName !== "svg") return null;
  const drawing = document.importNode(root, true);
  drawing.setAttribute("aria-hidden", "true");
  for (const link of drawing.querySelectorAll("a")) {
    const href = link.getAttribute("href") ?? "";
    if (!href.startsWith(cases)) {
      link.replaceWith(...link.childNodes);
      continue;
    }
    link.setAttribute("tabindex", "-1");
    const title = document.createElementNS(svg, "title");
    title.textContent = link.querySelector("[aria-label]")?.getAttribute("aria-label") ?? "";
    link.prepend(title);
  }
  return drawing;
};

for (const picture of document.querySelectorAll("picture[data-drawn]")) {
  const image = picture.querySelector("img");
  let drawn = "";
  let drawing = null;
  // The picture follows width and colours by itself and says so each time; the drawing follows the picture.
  const follow = async () => {
    const address = image.currentSrc;
    if (address === drawn) return;
    drawn = address;
    let made = null;
    try {
      const answer = await fetch(address);
      if (answer.ok) made = drawingOf(await answer.text());
    } catch {
      made = null;
    }
    if (address !== drawn) return;
    drawing?.remove();
    drawing = made;
    picture.classList.toggle("unseen", made !== null);
    if (made) picture.after(made);
  };
  image.addEventListener("load", follow);
  if (image.complete && image.naturalWidth) follow();
}
