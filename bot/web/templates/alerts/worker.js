// Runs in the browser while no page of the desk does: says that a thread waits, and opens the desk. Knows no more than that.
"use strict";

const SENTENCES = {
  waits: {{ _("A thread waits")|tojson }},
  urgent: {{ _("Urgent: read the desk")|tojson }},
  trial: {{ _("This is how you are told")|tojson }},
};
const DESK = {{ url_for("desk.show")|tojson }};
const LOOKS = { icon: {{ url_for("static", filename="alert.png")|tojson }}, lang: {{ tongue()|tojson }} };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let kind = "waits";
  try {
    kind = event.data.json().kind;
  } catch { /* without a word it says the least */ }
  const sentence = SENTENCES[kind] || SENTENCES.waits;
  event.waitUntil(self.registration.showNotification(sentence, {
    ...LOOKS, tag: `puente-${kind}`, renotify: true, requireInteraction: kind === "urgent",
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(toTheDesk());
});

async function toTheDesk() {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const desk = open.find((one) => new URL(one.url).pathname.startsWith(DESK));
  return desk ? desk.focus() : self.clients.openWindow(DESK);
}
