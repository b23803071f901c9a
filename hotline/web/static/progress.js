// Work that goes on behind a page: looks every second how far it is; when it has ended, the page is read anew with what was found.
const place = document.getElementById("progress");
let leaving = false;
// Whoever has just pressed a link goes there: reading anew would take them back.
addEventListener("beforeunload", () => { leaving = true; });

const look = async () => {
  try {
    const answer = await fetch(place.dataset.url, { headers: { Accept: "text/html" }, redirect: "error" });
    if (answer.ok) {
      const html = await answer.text();
      // A button somebody is about to press stays where it is.
      if (!place.contains(document.activeElement)) place.innerHTML = html;
      if (!html.includes("data-going")) {
        if (!leaving) location.reload();
        return;
      }
    }
  } catch {
    // The service is away for a moment: the next look tells.
  }
  setTimeout(look, 1000);
};

if (place.querySelector("[data-going]")) setTimeout(look, 1000);
