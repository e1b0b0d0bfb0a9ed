// Passkeys: asks the server what to ask the browser, and puts what it says into the form. Without this, codes still work.
"use strict";

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function words(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// What the server wants as text, browsers want as bytes.
function opened(options) {
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    for (const one of list || []) one.id = bytes(one.id);
  }
  return options;
}

function told(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = words(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id, rawId: words(credential.rawId), type: credential.type, response, clientExtensionResults: {},
  });
}

async function ask(form) {
  const answer = await fetch(form.dataset.passkey, {
    method: "POST", headers: { "X-CSRF-Token": form.elements.csrf.value }, credentials: "same-origin",
  });
  if (!answer.ok) throw new Error(String(answer.status));
  const publicKey = opened(await answer.json());
  const credential = form.dataset.deed === "create"
    ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
  form.elements.credential.value = told(credential);
  form.submit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-passkey-button]");
  if (!button || !window.PublicKeyCredential) continue;
  const trouble = form.querySelector("[data-passkey-trouble]");
  button.hidden = false;
  button.addEventListener("click", () => {
    trouble.hidden = true;
    button.disabled = true;
    ask(form).catch(() => { trouble.hidden = false; }).finally(() => { button.disabled = false; });
  });
}
