// Keys, rows, the side panel, the palette, signatures, and pages that watch long work. Everything else works without.
const typing = (event) => event.target.closest?.("input, select, textarea, [contenteditable]");
const dialog = () => document.querySelector("dialog[open]");

// ── Rows: J K ↑ ↓ walk, Enter opens beside the list, Shift Enter opens the page.
const rows = () => [...document.querySelectorAll("table[data-keys] tbody tr:not(.day)")];
const chosen = () => rows().findIndex((row) => row.getAttribute("aria-selected") === "true");

function choose(at) {
  const all = rows();
  const row = all[Math.max(0, Math.min(at, all.length - 1))];
  if (!row) return;
  for (const each of all) each.setAttribute("aria-selected", String(each === row));
  row.querySelector("a")?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  if (panel()) openBeside(row.querySelector("a").href, row);
}

// ── The side panel: the page of a row, asked for as a document, because no text is ever made into markup here.
const panel = () => document.querySelector(".panel.open");
const fits = () => matchMedia("(min-width: 48.01rem)").matches;
let asked = 0;

function openBeside(href, row) {
  const split = document.querySelector("[data-split]");
  if (!split || !fits()) return location.assign(href);
  const turn = ++asked;
  const request = new XMLHttpRequest();
  request.open("GET", `${href}?panel`);
  request.responseType = "document";
  request.addEventListener("load", () => {
    if (turn !== asked) return;
    const found = request.response?.querySelector(".panel");
    if (request.status !== 200 || !found) return location.assign(href);
    split.querySelector(".panel")?.remove();
    split.classList.add("split");
    split.append(document.adoptNode(found));
    for (const each of rows()) each.classList.toggle("open", each === row);
    row?.scrollIntoView({ block: "nearest" });
  });
  request.addEventListener("error", () => location.assign(href));
  request.send();
}

function closeBeside() {
  const at = rows().findIndex((row) => row.classList.contains("open"));
  panel()?.remove();
  document.querySelector("[data-split]")?.classList.remove("split");
  for (const row of rows()) row.classList.remove("open");
  if (at >= 0) rows()[at].querySelector("a").focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) return document.getElementById(opener.dataset.opens)?.showModal();
  if (event.target.closest("[data-close]") && panel()) {
    event.preventDefault();
    return closeBeside();
  }
  const step = event.target.closest("[data-step]");
  if (step && panel()) {
    event.preventDefault();
    return choose(Math.max(0, rows().findIndex((row) => row.classList.contains("open"))) + Number(step.dataset.step));
  }
  const row = event.target.closest("table[data-keys] tbody tr:not(.day)");
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey || event.button || event.target.closest("input, button, label, .pick")) return;
  const link = row.querySelector("a");
  if (!link || (event.target.closest("a") && event.target.closest("a") !== link)) return;
  event.preventDefault();
  choose(rows().indexOf(row));
  if (scrolls()) keepPlace();
  if (!panel()) openBeside(link.href, row);
});

// A menu closes by Escape, and when something else is pressed.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.hang[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// ── Ticks: X or Space ticks the row one is on, with Shift all from the last one; the bar says how many.
const ticks = () => [...document.querySelectorAll("td.pick input")];
let anchor = null;

function range(to, on) {
  const all = ticks();
  const [from, until] = [all.indexOf(anchor ?? to), all.indexOf(to)].sort((a, b) => a - b);
  for (const each of all.slice(Math.max(0, from), until + 1)) each.checked = on;
}

function ticked() {
  const all = ticks();
  const on = all.filter((each) => each.checked).length;
  const said = document.querySelector("#many [role=status]");
  if (said) said.textContent = said.dataset.selected.replace("#", on);
  for (const head of document.querySelectorAll("[data-all=pick]")) {
    head.checked = on > 0 && on === all.length;
    head.indeterminate = on > 0 && on < all.length;
  }
}

function tick(row, shift) {
  const box = row?.querySelector("td.pick input");
  if (!box) return undefined;
  if (shift) range(box, true);
  else box.checked = !box.checked;
  anchor = box;
  ticked();
  return false;
}

document.addEventListener("click", (event) => {
  const cell = event.target.closest?.("td.pick");
  const box = cell?.querySelector("input");
  if (!box) return;
  if (event.target !== box) return tick(cell.closest("tr"), event.shiftKey);
  if (event.shiftKey) range(box, box.checked);
  anchor = box;
  ticked();
});
document.addEventListener("change", (event) => event.target.matches?.("[data-all=pick], td.pick input") && ticked());
document.addEventListener("reset", (event) => event.target.id === "many" && setTimeout(ticked));
document.addEventListener("refreshed", ticked);
const showHeads = () => document.querySelectorAll("[data-all=pick]").forEach((head) => (head.hidden = false));
document.addEventListener("refreshed", showHeads);
showHeads();

// ── A list keeps its place for who goes back to it: where it was scrolled to, and the row one was on. It stands in the
// browser's history alone, and goes with the tab.
const scrolls = () => document.querySelector(".stack-col > .scroll, .list-card > .scroll");

function keepPlace() {
  const row = rows()[chosen()]?.querySelector("a")?.getAttribute("href");
  const { scrollLeft: left, scrollTop: top } = scrolls() ?? {};
  history.replaceState({ place: { left, top, row } }, "");
}

if (scrolls()) {
  const place = history.state?.place;
  if (place) {
    scrolls().scrollTo(place.left, place.top);
    rows().find((each) => each.querySelector("a")?.getAttribute("href") === place.row)?.setAttribute("aria-selected", "true");
  }
  let later;
  const scrolled = (event) => {
    if (event.target !== scrolls()) return;
    clearTimeout(later);
    later = setTimeout(keepPlace, 150);
  };
  document.addEventListener("scroll", scrolled, true);
  document.addEventListener("click", keepPlace, true);
  document.addEventListener("keydown", (event) => event.key === "Enter" && keepPlace(), true);
}

// ── Keys
let before = "";

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && document.getElementById("palette")) {
    event.preventDefault();
    return ask();
  }
  if (event.key === "Escape" && !dialog()) {
    const menu = document.querySelector("details.hang[open]");
    if (menu) {
      menu.open = false;
      return menu.querySelector("summary").focus();
    }
    if (panel() && !typing(event)) return closeBeside();
  }
  if (typing(event) || dialog() || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key;
  const last = before;
  before = key.toLowerCase() === "g" ? "g" : "";
  if (last === "g") {
    const place = document.querySelector(`.side [data-letter="${CSS.escape(key.toUpperCase())}"]`);
    if (place) return location.assign(place.href);
  }
  const at = chosen();
  const acts = {
    "/": () => document.querySelector("[data-search]")?.focus(),
    "?": () => document.querySelector("[data-shortcuts]")?.click(),
    n: () => document.querySelector("[data-new]")?.click(),
    e: () => document.querySelector("[data-edit]")?.click(),
    a: () => document.querySelector("[data-approve]")?.click(),
    x: () => tick(rows()[at], event.shiftKey),
    " ": () => tick(rows()[at], event.shiftKey),
    j: () => rows().length && choose(at + 1),
    k: () => rows().length && choose(at - 1),
    ArrowDown: () => rows().length && choose(at + 1),
    ArrowUp: () => rows().length && choose(at - 1),
    Home: () => rows().length && choose(0),
    End: () => rows().length && choose(rows().length - 1),
    Enter: () => event.shiftKey && at >= 0 && location.assign(rows()[at].querySelector("a").href),
  };
  const act = acts[key] ?? acts[key.toLowerCase()];
  if (!act || (event.target.closest("button, a, summary") && key === "Enter" && !event.shiftKey)) return;
  if (key === " " && event.target.closest("button, summary")) return;
  if (act() !== undefined || !["ArrowDown", "ArrowUp", "Home", "End", "Enter", " "].includes(key)) event.preventDefault();
});

// ── The palette: places at once, and what the server finds after two letters.
const palette = document.getElementById("palette");
const list = document.getElementById("palette-list");
const places = palette ? [...list.children] : [];
let wait;

function ask() {
  if (palette.open) return;
  palette.showModal();
  const field = palette.querySelector("input[name=q]");
  field.value = "";
  show("");
  field.focus();
}

const options = () => [...list.querySelectorAll("[role=option]:not([hidden])")];

function mark(at) {
  const all = options();
  const one = all[(at + all.length) % all.length];
  for (const each of list.querySelectorAll("[role=option]")) each.setAttribute("aria-selected", String(each === one));
  if (!one) return palette.querySelector("input[name=q]").removeAttribute("aria-activedescendant");
  one.id ||= `option-${[...list.children].indexOf(one)}`;
  palette.querySelector("input[name=q]").setAttribute("aria-activedescendant", one.id);
  one.scrollIntoView({ block: "nearest" });
}

function show(words) {
  for (const place of places) place.hidden = !place.dataset.words.toLowerCase().includes(words.toLowerCase());
  for (const found of list.querySelectorAll("[data-found]")) found.remove();
  mark(0);
}

function search(form) {
  const words = form.q.value.trim();
  show(words);
  clearTimeout(wait);
  if (words.length < 2) return;
  wait = setTimeout(() => {
    const request = new XMLHttpRequest();
    request.open("POST", "/find");
    request.responseType = "document";
    request.addEventListener("load", () => {
      if (form.q.value.trim() !== words || !request.response) return;
      const found = [...request.response.querySelectorAll("#found .found")];
      for (const link of found) {
        const option = document.createElement("li");
        option.setAttribute("role", "option");
        option.dataset.found = "";
        option.dataset.href = link.getAttribute("href");
        option.append(...link.childNodes);
        list.append(document.adoptNode(option));
      }
      const status = palette.querySelector("[role=status]");
      status.textContent = `${options().length} ${status.dataset.results}`;
      mark(0);
    });
    request.send(new URLSearchParams(new FormData(form)));
  }, 200);
}

palette?.addEventListener("input", (event) => search(event.target.form));
palette?.addEventListener("keydown", (event) => {
  const at = options().findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    mark(at + (event.key === "ArrowDown" ? 1 : -1));
  }
  if (event.key === "Enter" && at >= 0) {
    event.preventDefault();
    location.assign(options()[at].dataset.href);
  }
});
palette?.addEventListener("click", (event) => {
  const one = event.target.closest("[role=option]");
  if (one) location.assign(one.dataset.href);
  if (event.target === palette) palette.close();
});
document.querySelector("[data-palette]")?.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  ask();
});

// ── The summary beside a booking says what the form says.
const booking = document.querySelector("form.booking");
for (const part of booking ? document.querySelectorAll("[data-of]") : []) {
  const name = part.dataset.of;
  const tell = () => {
    const field = booking.elements[name];
    const one = field instanceof RadioNodeList ? [...field].find((radio) => radio.checked) : field;
    const words = one?.type === "radio" ? one.parentElement.textContent : one?.selectedOptions && one.value ? one.selectedOptions[0].text : one?.value;
    part.textContent = words?.trim() || part.dataset.none;
  };
  booking.addEventListener("input", (event) => event.target.name === name && tell());
}

// ── Signatures
for (const canvas of document.querySelectorAll("canvas[data-signature]")) {
  // A canvas inside a closed fold has no size yet.
  if (canvas.offsetWidth) signs(canvas);
  else canvas.closest("details")?.addEventListener("toggle", () => signs(canvas), { once: true });
}

function signs(canvas) {
  const field = document.getElementById(canvas.dataset.signature);
  const ratio = Math.max(window.devicePixelRatio || 1, 1);
  canvas.width = canvas.offsetWidth * ratio;
  canvas.height = canvas.offsetHeight * ratio;
  canvas.getContext("2d").scale(ratio, ratio);
  const pad = new SignaturePad(canvas, { backgroundColor: "rgb(255, 255, 255)" });
  if (field.value) pad.fromDataURL(field.value, { ratio });
  const keep = () => (field.value = pad.isEmpty() ? "" : pad.toDataURL("image/png"));
  pad.addEventListener("endStroke", keep);
  document.querySelector(`[data-clear="${canvas.id}"]`)?.addEventListener("click", () => {
    pad.clear();
    keep();
  });
}

for (const all of document.querySelectorAll("[data-all]")) {
  const each = () => [...all.form.elements].filter((box) => box.name === all.dataset.all);
  all.addEventListener("change", () => each().forEach((box) => (box.checked = all.checked)));
}

// What was just done is said aloud only when it changes after the page is there.
const done = document.querySelector("[data-done]");
if (done) {
  const words = done.textContent;
  done.textContent = "\u00a0";
  setTimeout(() => (done.textContent = words), 150);
}

if (document.querySelector("[data-watch]")) setTimeout(() => location.reload(), 1500);
document.querySelector(".problems, .summary")?.focus();
