// Work on a thread: drafts that keep themselves, the seconds in which a text can be taken back, replies kept ready, keys.
"use strict";

const SAVE_EVERY = 1000; // ms while somebody types
const STORED_KEYS = "puente-keys";

// --- drafts ---

const saving = new Map(); // kind -> timer

function actions() {
  return document.getElementById("actions");
}

function keepDraft(area) {
  const kind = area.dataset.keeps;
  saving.delete(kind);
  const { draft, began, csrf } = actions()?.dataset ?? {};
  if (!draft || !area.isConnected) return;
  const body = new URLSearchParams({ kind, began, words: area.value });
  fetch(draft, { method: "POST", body, headers: { "X-CSRF-Token": csrf }, keepalive: true })
    .then((answer) => {
      const mark = document.querySelector(`[data-kept="${kind}"]`);
      if (mark) mark.hidden = !answer.ok || !area.value;
    })
    .catch(() => {}); // it is kept with the next letter, or when the line can be reached again
}

document.addEventListener("input", (event) => {
  const area = event.target;
  if (!area.matches?.("[data-keeps]") || saving.has(area.dataset.keeps)) return;
  saving.set(area.dataset.keeps, window.setTimeout(keepDraft, SAVE_EVERY, area));
});

function forgetTimers() {
  for (const timer of saving.values()) window.clearTimeout(timer);
  saving.clear();
}

document.addEventListener("submit", (event) => {
  if (event.target.querySelector("[data-keeps]")) forgetTimers();
}, true);
window.addEventListener("pagehide", () => {
  for (const kind of [...saving.keys()]) {
    const area = document.querySelector(`[data-keeps="${kind}"]`);
    window.clearTimeout(saving.get(kind));
    if (area) keepDraft(area);
  }
});

// --- the seconds in which a text can be taken back ---

let sentAt = 0; // performance.now() at which it is on its way

function beginCount() {
  const count = document.querySelector(".undo__count");
  sentAt = count ? performance.now() + Number(count.dataset.left) : 0;
  tellCount();
}

function tellCount() {
  const count = document.querySelector(".undo__count");
  if (!count) return;
  const seconds = Math.ceil((sentAt - performance.now()) / 1000);
  if (seconds > 0) count.textContent = `${seconds} s`;
  else count.closest("form").remove();
}

window.setInterval(tellCount, 250);

// --- replies kept ready ---

const picker = document.getElementById("picker");
const list = document.getElementById("picker-list");
const search = document.getElementById("picker-search");

async function openPicker() {
  const link = document.getElementById("ready");
  if (!link) return;
  list.textContent = "";
  search.value = "";
  document.getElementById("picker-none").hidden = true;
  picker.showModal(); // at once: whoever types on types into it
  search.focus();
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
  if (!answer.ok) {
    window.location.assign(link.href);
    return;
  }
  list.innerHTML = await answer.text(); // our own page, with everything in it escaped
  filter();
}

function offered() {
  return [...list.querySelectorAll(".ready__item:not([hidden]) .ready__one")];
}

function filter() {
  const wanted = search.value.trim().toLowerCase();
  for (const item of list.querySelectorAll(".ready__item")) item.hidden = !item.textContent.toLowerCase().includes(wanted);
  document.getElementById("picker-none").hidden = offered().length > 0;
}

function take(words) {
  const area = document.getElementById("words");
  picker.close();
  if (!area) return;
  const before = area.value.slice(0, area.selectionStart).trimEnd();
  const after = area.value.slice(area.selectionEnd).trimStart();
  area.value = [before, words, after].filter(Boolean).join("\n\n");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
  const gap = /\{[a-z_0-9]+\}/.exec(area.value); // what could not be filled in stands selected
  if (gap) area.setSelectionRange(gap.index, gap.index + gap[0].length);
}

search.addEventListener("input", filter);
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    event.preventDefault();
    offered()[0]?.click();
  }
});
picker.addEventListener("keydown", (event) => {
  if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  const all = offered();
  const next = all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  (next < 0 ? search : all[Math.min(next, all.length - 1)])?.focus();
});
list.addEventListener("click", (event) => {
  const one = event.target.closest(".ready__one");
  if (!one) return;
  event.preventDefault();
  take(one.dataset.words);
});

// --- naming somebody in a note ---

document.addEventListener("click", (event) => {
  const one = event.target.closest("[data-mention]");
  if (!one) return;
  const note = document.getElementById("note");
  const at = note.selectionStart;
  const before = note.value.slice(0, at);
  note.setRangeText(`${before && !/\s$/.test(before) ? " " : ""}@${one.dataset.mention} `, at, note.selectionEnd, "end");
  note.dispatchEvent(new Event("input", { bubbles: true }));
  note.focus();
});

// --- keys ---

const keys = document.getElementById("keys");
const keysOn = document.getElementById("keys-on");
keysOn.checked = window.localStorage.getItem(STORED_KEYS) !== "off";
keysOn.addEventListener("change", () => window.localStorage.setItem(STORED_KEYS, keysOn.checked ? "on" : "off"));

function next(step) {
  const cards = [...document.querySelectorAll(".card__link")];
  const here = cards.findIndex((card) => card.getAttribute("aria-current"));
  const to = here < 0 ? (step > 0 ? 0 : cards.length - 1) : here + step;
  cards[to]?.click();
}

function unfold(id, field) {
  const fold = document.getElementById(id);
  if (!fold) return;
  fold.open = true;
  document.getElementById(field)?.focus();
}

function write() {
  for (const fold of document.querySelectorAll("#actions .deed-fold[open]")) fold.open = false; // they hide the composer
  document.getElementById("words")?.focus();
}

const KEYS = {
  j: () => next(1),
  k: () => next(-1),
  c: () => document.getElementById("claim")?.click(),
  r: write,
  n: () => unfold("noting", "note"),
  t: () => unfold("passing-on", "target"),
  e: () => unfold("closing", "outcome"),
  u: () => document.getElementById("undo")?.click(),
  "/": openPicker,
  "?": () => keys.showModal(),
};

function writes(element) {
  return element.matches?.("input, textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && writes(event.target) && !document.querySelector("dialog[open]")) event.target.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  const slash = event.key === "/" && event.target.id === "words" && !event.target.value; // as in any chat
  if ((writes(event.target) && !slash) || document.querySelector("dialog[open]")) return;
  if (!slash && !keysOn.checked) return;
  const deed = KEYS[event.key];
  if (!deed) return;
  event.preventDefault();
  deed();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#show-keys")) keys.showModal();
  const key = event.target.closest("[data-key]");
  if (key) {
    keys.close();
    KEYS[key.dataset.key]();
  }
  if (event.target.closest("[data-shut]")) event.target.closest("dialog").close();
  const ready = event.target.closest("#ready");
  if (ready && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    openPicker();
  }
});

// --- what stands there anew ---

function begin() {
  const button = document.getElementById("show-keys");
  if (button) button.hidden = false;
  const outcome = document.getElementById("outcome");
  if (outcome) wantWhy(outcome);
  beginCount();
}

function wantWhy(outcome) {
  document.querySelector(".closing__why").hidden = outcome.value !== "report rejected";
}

document.addEventListener("change", (event) => { if (event.target.id === "outcome") wantWhy(event.target); });
document.addEventListener("htmx:oobAfterSwap", (event) => { if (event.detail.target.id === "actions") begin(); });
begin();
