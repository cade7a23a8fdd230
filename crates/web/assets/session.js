// A session warns before it ends, clears the screen when it has ended, and gives the page back as it
// was once the person has signed in again in a small window.
const body = document.body;
const warnAt = 120;
const news = new BroadcastChannel("session");
const warning = document.getElementById("session-warning");
const over = document.getElementById("session-over");
let ends = Date.now() + Number(body.dataset.endsIn) * 1000;

const left = () => Math.round((ends - Date.now()) / 1000);

function live(seconds) {
  ends = Date.now() + seconds * 1000;
  if (warning.open) warning.close();
}

function clear() {
  if (warning.open) warning.close();
  document.querySelector(".frame").hidden = true;
  if (!over.open) over.showModal();
}

setInterval(() => {
  if (left() <= 0) return clear();
  if (left() <= warnAt && !warning.open && !over.open) warning.showModal();
  if (warning.open) {
    const place = warning.querySelector("[data-left]");
    place.textContent = left() > 60 ? `${Math.ceil(left() / 60)} ${place.dataset.minutes}` : `${left()} ${place.dataset.seconds}`;
  }
}, 1000);

warning.querySelector("button").addEventListener("click", async () => {
  const answer = await fetch("/session/renewal", { method: "POST", body: new URLSearchParams({ csrf: body.dataset.csrf }) });
  if (!answer.ok || answer.redirected) return clear();
  const { ends_in } = await answer.json();
  live(ends_in);
  news.postMessage({ ends_in });
});

over.querySelector("button").addEventListener("click", () => window.open("/sign-in?next=/session/resumed", "sign-in", "width=480,height=720"));
over.addEventListener("cancel", (event) => event.preventDefault());

news.addEventListener("message", ({ data }) => {
  if (data.csrf && data.user !== body.dataset.user) return location.reload();
  if (data.csrf) {
    body.dataset.csrf = data.csrf;
    // A form keeps the key of its own behind the dot, so that sending it twice still has one effect.
    for (const field of document.querySelectorAll("input[name=csrf]")) field.value = `${data.csrf.split(".")[0]}.${field.value.split(".")[1]}`;
    over.close();
    document.querySelector(".frame").hidden = false;
  }
  live(data.ends_in);
});

if (body.dataset.resumed !== undefined) {
  news.postMessage({ csrf: body.dataset.csrf, user: body.dataset.user, ends_in: Number(body.dataset.endsIn) });
  window.close();
} else {
  news.postMessage({ ends_in: Number(body.dataset.endsIn) });
}
