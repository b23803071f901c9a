// Whether a key belongs to a field somebody is typing in, or to a window that is open above the page.
const fields = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

export const taken = (event) =>
  event.ctrlKey || event.altKey || event.metaKey || event.isComposing || Boolean(event.target.closest?.(fields)) || document.querySelector("dialog[open]") !== null;
