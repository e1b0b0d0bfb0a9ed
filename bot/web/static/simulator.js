// A phone in the browser. What it shows comes from the line's database, so a reload shows the same.
"use strict";

const byId = (id) => document.getElementById(id);
const talk = byId("talk");
const words = byId("words");
const LOOK_EVERY = 1500;
const SOURCES = { detected: "detected in the text", chosen: "chosen by the resident", asked: "asked the resident", none: "not known yet" };
const HOLDERS = { bot: "the line itself", waiting: "nobody yet: waiting for an officer", officer: "an officer" };
const THINGS = { image: "Photo", audio: "Voice note", video: "Video" };

const phones = kept();
let phone = phones.current;
let after = "0"; // as text: ids are larger than numbers are exact
let shown = new Set();
let looking = null;

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem("puente.phones"));
    if (Array.isArray(found?.all) && found.all.includes(found.current)) return found;
  } catch { /* nothing kept, or not ours: begin anew */ }
  const first = anyName();
  return { all: [first], current: first };
}

function keep() {
  phones.current = phone;
  localStorage.setItem("puente.phones", JSON.stringify(phones));
}

function anyName(length = 8) {
  const letters = "23456789abcdefghjkmnpqrstuvwxyz";
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => letters[byte % letters.length]).join("");
}

function listPhones() {
  byId("phones").replaceChildren(...phones.all.map((name, at) => new Option(`Phone ${at + 1} · ${name}`, name, false, name === phone)));
  byId("phone-name").textContent = `to phone ${phones.all.indexOf(phone) + 1} · ${phone}`;
}

function use(name) {
  phone = name;
  keep();
  listPhones();
  after = "0";
  shown = new Set();
  talk.querySelectorAll(".said").forEach((bubble) => bubble.remove());
  byId("empty").hidden = false;
  understand(null);
  looking = null;
  look();
}

function bubble({ author, text, language, at, media, spot }) {
  const made = byId("bubble").content.firstElementChild.cloneNode(true);
  made.classList.add(`said--${author}`);
  const saying = made.querySelector(".said__text");
  saying.textContent = text;
  saying.hidden = !text;
  if (language && author !== "resident") saying.lang = language;
  if (author === "officer") {
    made.querySelector(".said__who").textContent = "Officer";
    made.querySelector(".said__who").hidden = false;
  }
  for (const kind of media || []) saying.before(thing(THINGS[kind.split("/")[0]] || "File", "said__thing"));
  if (spot) saying.before(thing(`Location: ${spot[2] || `${spot[0]}, ${spot[1]}`}`, "said__thing said__thing--spot"));
  const time = new Date(at);
  made.querySelector(".said__at").textContent = time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return made;
}

function thing(named, kind) {
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = named;
  return line;
}

function put(made) {
  byId("empty").hidden = true;
  const dots = talk.querySelector(".said--dots");
  if (dots) dots.before(made);
  else talk.append(made);
  talk.scrollTop = talk.scrollHeight;
}

async function look() {
  if (looking) return looking;
  const whose = phone;
  looking = (async () => {
    try {
      const answer = await fetch(`/simulator/messages?phone=${encodeURIComponent(whose)}&after=${after}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const found = await answer.json();
      if (whose === phone) show(found);
    } catch {
      trouble("The line cannot be reached. Is it running?");
    }
  })();
  await looking;
  looking = null;
}

function show(found) {
  trouble("");
  for (const message of found.messages) {
    if (shown.has(message.id)) continue;
    shown.add(message.id);
    // What was drawn while it was being sent gives way to what is kept.
    if (message.author === "resident") talk.querySelector(".said--sent")?.remove();
    put(bubble(message));
  }
  after = found.after;
  understand(found.understood);
}

function understand(line) {
  byId("understood").hidden = !line;
  byId("nothing-yet").hidden = Boolean(line);
  if (!line) return;
  byId("understood-language").replaceChildren(...named(line.language));
  const sure = line.source === "detected" ? `, ${line.sure.toFixed(2)} sure` : "";
  byId("understood-source").textContent = (SOURCES[line.source] || line.source) + sure;
  document.querySelectorAll(".guesses").forEach((part) => { part.hidden = !line.guesses.length; });
  byId("understood-guesses").replaceChildren(...line.guesses.map(guess));
  byId("understood-holder").textContent = line.stopped ? "nobody: the resident sent STOP" : HOLDERS[line.holder];
  byId("understood-handle").textContent = line.handle + (line.urgent ? " (urgent)" : "");
}

function named(language) {
  if (!language) return [document.createTextNode("not known yet")];
  const own = document.createElement("span");
  own.lang = language.tag;
  own.dir = language.direction;
  own.textContent = language.own;
  return language.own === language.english ? [own] : [own, document.createTextNode(` (${language.english})`)];
}

function guess({ language, sure }) {
  const line = document.createElement("span");
  line.className = "guess";
  const name = document.createElement("span");
  name.textContent = language.english;
  const bar = document.createElement("meter");
  bar.value = sure;
  bar.setAttribute("aria-label", `${language.english}: ${sure.toFixed(2)}`);
  const figure = document.createElement("span");
  figure.textContent = sure.toFixed(2);
  line.append(name, bar, figure);
  return line;
}

function trouble(sentence) {
  byId("trouble").textContent = sentence;
  byId("trouble").hidden = !sentence;
}

// Texts of one phone leave one after another, as from a real one.
let queue = Promise.resolve();
function send(text, more = {}) {
  const from = phone;
  const mine = bubble({ author: "resident", text, at: Date.now(), media: more.media, spot: more.spot && ["", "", more.spot.label] });
  mine.classList.add("said--leaving");
  put(mine);
  queue = queue.then(() => leave(from, mine, { id: anyName(20), phone: from, text, ...more }));
}

async function leave(from, mine, text) {
  const dots = bubble({ author: "bot", text: "…", at: Date.now() });
  dots.classList.add("said--dots");
  dots.setAttribute("aria-hidden", "true");
  if (from === phone) put(dots);
  try {
    const answer = await fetch("/simulator/texts", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(text),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    mine.classList.replace("said--leaving", "said--sent");
    await looking; // one that began before may not have it
    dots.remove();
    if (from === phone) await look();
  } catch {
    mine.classList.replace("said--leaving", "said--failed");
    trouble("This text was not kept. Please send it again.");
  } finally {
    dots.remove();
  }
}

function sendTyped() {
  const text = words.value.trim();
  if (!text) return;
  words.value = "";
  grow();
  send(text);
}

function grow() {
  words.rows = Math.min(5, Math.max(1, words.value.split("\n").length));
}

byId("write").addEventListener("submit", (event) => { event.preventDefault(); sendTyped(); });
words.addEventListener("input", grow);
words.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  sendTyped();
});
document.addEventListener("click", (event) => {
  const pressed = event.target.closest("button");
  if (!pressed) return;
  const { words: ready, media, latitude, longitude, label } = pressed.dataset;
  if (ready) send(ready);
  if (media) send("", { media: [media] });
  if (latitude) {
    send("", { spot: { latitude: Number(latitude), longitude: Number(longitude), label } });
    pressed.closest("details").open = false;
  }
});
byId("phones").addEventListener("change", (event) => use(event.target.value));
byId("new-phone").addEventListener("click", () => {
  const fresh = anyName();
  phones.all.push(fresh);
  use(fresh);
  words.focus();
});
window.setInterval(() => { if (!document.hidden) look(); }, LOOK_EVERY);
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
use(phone);
