// Keyboard in tables, choosing all of them, signatures, and pages that watch long work. Everything else works without.
const rows = () => [...document.querySelectorAll("table[data-keys] tbody tr")];

function select(row) {
  rows().forEach((r) => r.setAttribute("aria-selected", String(r === row)));
  row.querySelector("a")?.focus();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing) {
    const search = document.querySelector("[data-search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
  if (typing || !["ArrowDown", "ArrowUp"].includes(event.key) || rows().length === 0) return;
  event.preventDefault();
  const all = rows();
  const at = all.findIndex((r) => r.getAttribute("aria-selected") === "true");
  const next = event.key === "ArrowDown" ? Math.min(at + 1, all.length - 1) : Math.max(at - 1, 0);
  select(all[next]);
});

for (const canvas of document.querySelectorAll("canvas[data-signature]")) {
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

if (document.querySelector("[data-watch]")) setTimeout(() => location.reload(), 1500);
document.querySelector(".summary")?.focus();
