// Passkeys, and showing a password while it is typed. Without this, codes and passwords still work.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function opened(options) {
  const key = options.publicKey;
  key.challenge = bytes(key.challenge);
  if (key.user) key.user.id = bytes(key.user.id);
  for (const list of ["allowCredentials", "excludeCredentials"]) for (const one of key[list] ?? []) one.id = bytes(one.id);
  return { publicKey: key };
}

function told(made) {
  const { response } = made;
  const answer = { id: made.id, rawId: text(made.rawId), type: made.type, extensions: made.getClientExtensionResults(), response: { clientDataJSON: text(response.clientDataJSON) } };
  if (response.attestationObject) {
    answer.response.attestationObject = text(response.attestationObject);
    answer.response.transports = response.getTransports?.() ?? [];
  } else {
    answer.response.authenticatorData = text(response.authenticatorData);
    answer.response.signature = text(response.signature);
    answer.response.userHandle = response.userHandle ? text(response.userHandle) : null;
  }
  return JSON.stringify(answer);
}

async function tell(place, act) {
  const words = place.querySelector(".wrong");
  words.textContent = "";
  try {
    await act();
  } catch (problem) {
    words.textContent = problem.name === "InvalidStateError" ? words.dataset.known : words.dataset.unused;
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-find-passkey]")) {
    form.hidden = false;
    form.querySelector("button").addEventListener("click", () =>
      tell(form, async () => {
        const begun = await (await fetch("/sign-in/passkey", { method: "POST" })).json();
        form.answer.value = told(await navigator.credentials.get(opened(begun.options)));
        form.ticket.value = begun.ticket;
        form.submit();
      }),
    );
  }
  for (const place of document.querySelectorAll("[data-passkey]")) {
    const form = place.closest("form");
    place.hidden = false;
    place.querySelector("button").addEventListener("click", () =>
      tell(place, async () => {
        form.answer.value = told(await navigator.credentials.get(opened(JSON.parse(form.options.value))));
        form.submit();
      }),
    );
  }
  for (const form of document.querySelectorAll("form[data-make-passkey]")) {
    form.querySelector("button").addEventListener("click", () =>
      tell(form, async () => {
        if (!form.reportValidity()) return;
        form.answer.value = told(await navigator.credentials.create(opened(JSON.parse(form.dataset.makePasskey))));
        form.submit();
      }),
    );
  }
} else {
  for (const words of document.querySelectorAll("form[data-make-passkey] .wrong")) words.textContent = words.dataset.unsupported;
}

for (const field of document.querySelectorAll("[data-reveal]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = field.dataset.reveal;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.textContent = shown ? field.dataset.reveal : field.dataset.hide;
    button.setAttribute("aria-pressed", String(!shown));
  });
  field.after(button);
}
