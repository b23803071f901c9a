// While a process works on the file its state is asked for every second; when it has ended the page is read anew.
const box = document.getElementById("progress-box");
const EVERY = 1000;

const look = async () => {
  let answer;
  try {
    answer = await fetch(box.dataset.progressUrl, { headers: { Accept: "text/html" } });
  } catch {
    setTimeout(look, EVERY * 3);
    return;
  }
  if (answer.redirected || !answer.ok) {
    location.reload();
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const state = page.getElementById("state");
  if (state?.dataset.busy !== "yes") {
    location.reload();
    return;
  }
  box.replaceChildren(state);
  setTimeout(look, EVERY);
};

if (box?.dataset.progressUrl) setTimeout(look, EVERY);
