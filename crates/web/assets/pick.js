// Fields in which one of thousands is chosen: a combobox (WAI-ARIA, list autocomplete) over what the server finds by a
// part of a name. Without this script the answer to the form holds what was found.
const PAUSE = 150;

const made = (name, attributes = {}, words = "") => {
  const part = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
  part.textContent = words;
  return part;
};

function picks(box) {
  const field = box.querySelector("[data-pick-text]");
  const several = box.closest("[data-picks]");
  const list = made("ul", { id: `${field.id}-options`, role: "listbox", class: "pick-list", hidden: "" });
  const told = made("span", { role: "status", class: "out" });
  list.setAttribute("aria-label", box.querySelector("label").textContent.trim());
  for (const [key, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", list.id], ["aria-autocomplete", "list"]])
    field.setAttribute(key, value);
  field.after(list, told);
  let [turn, wait, next] = [0, 0, null];

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => options().find((one) => one.getAttribute("aria-selected") === "true");
  const isOpen = () => !list.hidden;

  function mark(one) {
    for (const each of options()) each.setAttribute("aria-selected", String(each === one));
    if (!one) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", one.id);
    one.scrollIntoView({ block: "nearest" });
  }

  function close() {
    turn++;
    clearTimeout(wait);
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    mark(null);
  }

  function show(found, goesOn) {
    const first = options().length;
    if (goesOn) list.querySelectorAll("[data-more], .told").forEach((part) => part.remove());
    else list.replaceChildren();
    for (const item of found.items) {
      const option = made("li", { role: "option", id: `${list.id}-${list.children.length}`, "aria-selected": "false" }, item.words);
      Object.assign(option.dataset, { value: item.value, words: item.words });
      if (item.note) option.append(made("small", {}, item.note));
      list.append(option);
    }
    next = found.next;
    if (next) list.append(made("li", { role: "option", id: `${list.id}-more`, "aria-selected": "false", "data-more": "" }, field.dataset.showMore));
    list.append(made("li", { role: "presentation", class: "told" }, found.told));
    told.textContent = found.told;
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    if (goesOn) mark(options()[first - 1]);
    else mark(field.value.trim() ? options()[0] : null);
  }

  async function search(after = "") {
    const now = ++turn;
    try {
      const words = field.value === said()?.value ? "" : field.value;
      const answer = await fetch(`${box.dataset.pick}?${new URLSearchParams({ q: words.trim(), after })}`);
      if (now !== turn || !answer.headers.get("content-type")?.includes("json")) return;
      show(await answer.json(), after !== "");
    } catch {
      // The field goes on as a text; the server says what it may mean.
    }
  }

  const hidden = (end) => [...box.querySelectorAll("input[type=hidden]")].find((one) => one.name === field.name + end);
  const said = () => hidden(".said");

  // The value goes along in fields of its own, in place of a list that an earlier answer held.
  function keep(value, words) {
    box.querySelector("[data-pick-found]")?.remove();
    for (const [end, kept] of [[".id", value], [".said", words]]) {
      let part = hidden(end);
      if (!part) box.append((part = made("input", { type: "hidden", name: field.name + end })));
      part.value = kept;
    }
  }

  function tick({ value, words }) {
    const name = several.dataset.picks;
    const there = [...several.querySelectorAll("input[type=checkbox]")].find((one) => one.value === value);
    if (there) there.checked = true;
    else {
      const label = made("label", { class: "tick" });
      const box = made("input", { type: "checkbox", name, value });
      box.checked = true;
      label.append(box, made("span", {}, words));
      const line = made("li");
      line.append(label, made("input", { type: "hidden", name: `${name}.words`, value: `${value}|${words}` }));
      several.querySelector(".picked").append(line);
    }
    field.value = "";
    keep("", "");
    told.textContent = several.dataset.added.replace("#", () => words);
  }

  function take(one) {
    if ("more" in one.dataset) return search(next);
    const { value, words } = one.dataset;
    close();
    if (several) tick(one.dataset);
    else if ("pickPlain" in box.dataset) field.value = value;
    else {
      field.value = words;
      keep(value, words);
    }
    field.removeAttribute("aria-invalid");
    field.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "chosen" }));
  }

  field.addEventListener("input", (event) => {
    if (event.detail === "chosen") return;
    clearTimeout(wait);
    wait = setTimeout(search, PAUSE);
  });
  field.addEventListener("click", () => isOpen() || search());
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen()) return search();
      const to = event.key === "ArrowDown" ? at + 1 : at < 0 ? all.length - 1 : at - 1;
      return mark(all[(to + all.length) % all.length]);
    }
    if (event.key === "Escape" && isOpen()) {
      event.stopPropagation();
      event.preventDefault();
      return close();
    }
    if (event.key === "Enter" && isOpen() && at >= 0) {
      event.preventDefault();
      take(all[at]);
    }
  });
  // The field keeps the focus while the list is pressed.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const one = event.target.closest("[role=option]");
    if (one) take(one);
  });
}

for (const box of document.querySelectorAll("[data-pick]")) picks(box);
