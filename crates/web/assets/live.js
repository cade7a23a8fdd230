// Live updates: offers to refresh a page whose records changed. It loads nothing by itself, because loading is logged as the
// reader's act and extends their session. Only a visible page listens.
const page = document.body.dataset;
const follows = page.live.split(" ");
const line = document.getElementById("live");
const words = line.dataset;
const bell = document.querySelector("[data-bell]");
const changed = new Set();
let seen = page.seen;
let stream, again, later, outdated, ended;
let pause = 5_000;

function listen() {
  if (stream || document.hidden || ended) return;
  clearTimeout(again);
  stream = new EventSource(`/live?after=${seen}`);
  stream.onmessage = ({ data, lastEventId }) => {
    pause = 5_000;
    seen = lastEventId || seen;
    hear(...data.split(" "));
  };
  // A browser comes back by itself, but not after an answer that is no stream.
  stream.onerror = () => {
    if (stream?.readyState !== EventSource.CLOSED) return;
    hush();
    again = setTimeout(listen, pause * (1 + Math.random()));
    pause = Math.min(pause * 2, 300_000);
  };
}

function hush() {
  stream?.close();
  stream = undefined;
}

function hear(kind, what) {
  if (kind === "notice") return ring(Number(what));
  ended = kind === "over";
  if (ended) hush();
  if (ended && what === "session") return clear();
  if (ended) outdated = words.rights;
  else if (kind === "refresh") outdated = follows[0] && words.stale;
  else if (follows.includes(kind) || follows.includes(`${kind}:${what}`)) changed.add(`/${kind}s/${what}`);
  else return;
  mark();
  // Further changes are announced together, for screen readers.
  if (outdated || !line.firstChild) tell();
  else later ??= setTimeout(tell, 5_000);
}

function ring(count) {
  const badge = bell.querySelector(".count");
  badge.textContent = count;
  badge.hidden = !count;
  bell.title = count ? bell.dataset.new.replace("#", count) : bell.dataset.bell;
  bell.setAttribute("aria-label", bell.title);
}

const all = (what) => [...document.querySelectorAll(what)];
const path = (row) => row?.querySelector("a")?.pathname;

function mark() {
  for (const row of all("[data-part] tr")) if (changed.has(path(row))) row.classList.add("fresh");
}

function tell() {
  later = clearTimeout(later);
  if (!outdated && !changed.size) return;
  const fields = all("[data-part]").length ? [] : all("main :is(input:not([type=hidden]), textarea)");
  const typed = fields.some((field) => field.value !== field.defaultValue);
  const toast = document.createElement("p");
  const button = document.createElement("button");
  const count = changed.size === 1 ? words.change : words.changes.replace("#", changed.size);
  toast.className = "toast";
  toast.append(outdated || count, typed ? ` ${words.typed} ` : " ", button);
  button.className = "link";
  button.textContent = words.refresh;
  button.onclick = refresh;
  line.replaceChildren(toast);
}

// A list is replaced in place: its panel, ticks and scroll position stay.
function refresh() {
  const old = all("[data-part]");
  if (!old.length || outdated) return location.reload();
  const request = new XMLHttpRequest();
  request.open("GET", location.href);
  request.responseType = "document";
  request.onerror = () => location.reload();
  request.onload = () => {
    const found = old.map((part) => request.response?.getElementById(part.id));
    if (!found.every(Boolean)) return location.reload();
    const open = path(document.querySelector("tr.open"));
    const ticked = all("td.pick input:checked").map((box) => box.value);
    const { scrollLeft, scrollTop } = document.querySelector("[data-part] > .scroll") ?? {};
    old.forEach((part, at) => part.replaceWith(document.adoptNode(found[at])));
    mark();
    for (const box of all("td.pick input")) box.checked = ticked.includes(box.value);
    document.querySelector("[data-part] > .scroll")?.scrollTo(scrollLeft ?? 0, scrollTop ?? 0);
    document.dispatchEvent(new Event("refreshed"));
    const row = open && all("[data-part] tr").find((row) => path(row) === open);
    row?.classList.add("open");
    if (row && changed.has(open)) openBeside(open, row);
    changed.clear();
    line.replaceChildren();
    all("#main")[0].focus({ preventScroll: true });
  };
  request.send();
}

document.onvisibilitychange = () => (document.hidden ? hush() : listen());
addEventListener("pagehide", hush);
addEventListener("pageshow", listen);
new BroadcastChannel("session").onmessage = ({ data }) => data.csrf && (ended = false, listen());
