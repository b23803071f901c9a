// One stream of what moves, shared by every module of a page (imported, never loaded by a script tag of its own).
// The server sends events named "case" and "notice" whose data is JSON without personal data, for example
// {"number": "2026-000123", "action": "route"}; any event named "ping" keeps the line open.
// The browser reconnects by itself with Last-Event-ID; a stream the server refused for good is tried again here.
const handlers = new Map();
const slowest = 30000;
let wait = 2000;
let lastHeard = new Date();
let timer = 0;

export const on = (name, handler) => {
  if (!handlers.has(name)) handlers.set(name, []);
  handlers.get(name).push(handler);
};

const hour = (moment) => moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });

const show = (connected) => {
  clearTimeout(timer);
  const state = document.getElementById("connection");
  if (state) {
    state.hidden = false;
    state.dataset.state = connected ? "on" : "off";
    const words = connected ? state.dataset.on : state.dataset.off;
    if (state.textContent !== words) state.textContent = words;
  }
  const lost = document.getElementById("lost");
  if (connected) {
    lost.hidden = true;
    return;
  }
  // A line that is back within two seconds is not worth a word.
  timer = setTimeout(() => {
    lost.textContent = document.body.dataset.lost.replace("{time}", hour(lastHeard));
    lost.hidden = false;
  }, 2000);
};

const tell = (name) => (event) => {
  lastHeard = new Date();
  let data = {};
  try {
    data = JSON.parse(event.data);
  } catch {
    return;
  }
  for (const handler of handlers.get(name) ?? []) handler(data);
};

let broken = false;
const connect = () => {
  const source = new EventSource(document.body.dataset.liveUrl);
  source.addEventListener("open", () => {
    wait = 2000;
    show(true);
    // What moved while nobody listened may have been missed: ask once.
    if (broken) for (const handler of handlers.get("back") ?? []) handler({});
    broken = false;
  });
  source.addEventListener("error", () => {
    broken = true;
    show(false);
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, slowest);
    }
  });
  source.addEventListener("ping", () => {
    lastHeard = new Date();
  });
  for (const name of ["case", "notice"]) source.addEventListener(name, tell(name));
  addEventListener("pagehide", () => source.close(), { once: true });
};

// A page taken back from the browser's memory has lost its stream.
addEventListener("pageshow", (event) => {
  if (event.persisted && document.body.dataset.liveUrl) connect();
});
if (document.body.dataset.liveUrl) connect();
