// The board says when something has moved and reads itself again when asked: figures never change under the eye.
import { on } from "./live.js";

const pill = document.getElementById("fresh");
const tell = () => {
  pill.hidden = false;
};
on("case", tell);
on("back", tell);
pill.addEventListener("click", () => location.reload());
