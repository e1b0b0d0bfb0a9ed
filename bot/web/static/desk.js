// The desk: ages that run, a list and a thread that keep up, Ctrl+Enter, and words when something fails.
"use strict";

const announced = document.getElementById("told");
const troubled = document.getElementById("trouble"); // both carry what is said, in the reader's language
let heard = residentTexts();
let folded = !window.matchMedia("(min-width: 62em)").matches;

function residentTexts() {
  return document.querySelectorAll("#conversation .bubble--resident").length;
}

function inWords(seconds) {
  const minutes = Math.floor(Math.max(0, seconds) / 60);
  if (minutes < 1) return announced.dataset.now;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d`;
}

function tellAges() {
  for (const time of document.querySelectorAll("time[data-age]")) {
    const words = inWords((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== words) time.textContent = words;
  }
}

function fold() {
  const facts = document.querySelector(".facts__fold");
  if (facts) facts.open = !folded;
}
document.addEventListener("toggle", (event) => {
  if (event.target.matches(".facts__fold")) folded = !event.target.open;
}, true); // it does not bubble

// The messages scroll by themselves; on a phone the whole page does.
function scroller() {
  const messages = document.querySelector(".messages");
  return messages && getComputedStyle(messages).overflowY === "auto" ? messages : document.scrollingElement;
}

function scrollDown() {
  if (document.getElementById("conversation")) scroller().scrollTop = scroller().scrollHeight;
}

function nearEnd() {
  const part = scroller();
  return part.scrollHeight - part.scrollTop - part.clientHeight < 120;
}

function trouble(sentence) {
  troubled.textContent = sentence;
  troubled.hidden = !sentence;
}

let follow = true;
let keptScroll = 0;
let answered = false;
document.addEventListener("htmx:beforeSwap", (event) => {
  answered = event.detail.requestConfig.verb === "post";
  if (event.detail.target.id !== "conversation") return;
  follow = nearEnd() || event.detail.requestConfig.verb === "post";
  keptScroll = scroller().scrollTop;
});

// A look that began before the thread was claimed may bring a second, empty composer: what is being typed stays.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const typing = document.getElementById("words");
  if (!answered && typing && event.detail.fragment.querySelector("#words")) event.detail.shouldSwap = false;
});

document.addEventListener("htmx:afterRequest", (event) => {
  tellAges();
  if (!event.detail.successful && ![409, 422].includes(event.detail.xhr.status)) return;
  if (event.detail.successful) trouble("");
  if (event.detail.target.id === "conversation") conversed();
  // The form that was sent is gone; whoever writes goes on writing.
  if (event.detail.requestConfig.verb === "post") {
    (document.getElementById("offer") || document.getElementById("words") || document.getElementById("claim") || document.getElementById("main"))?.focus();
  }
});

// The thread on the page is another than before.
function conversed() {
  fold();
  if (follow) scrollDown();
  else scroller().scrollTop = keptScroll;
  const now = residentTexts();
  const handle = document.getElementById("conversation").dataset.handle;
  if (now > heard) announced.textContent = announced.dataset.text.replace("{handle}", handle);
  heard = now;
}

document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (status === 401) {
    if (document.getElementById("words")?.value) trouble(troubled.dataset.out);
    else window.location.reload();
  } else if (status === 404) trouble(troubled.dataset.gone);
  else if (status === 403) trouble(troubled.dataset.refused);
  else trouble(`${troubled.dataset.failed} ${lost(event)}`);
});
document.addEventListener("htmx:sendError", (event) => trouble(`${troubled.dataset.away} ${lost(event)}`));

function lost(event) {
  return event.detail.requestConfig.verb === "post" ? troubled.dataset.unsent : troubled.dataset.old;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.id === "words" && !event.isComposing) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

// On a phone the ways stand in one row that scrolls: the way to the page shown stands in the middle of it.
function showWay() {
  const way = document.querySelector(".ways [aria-current]");
  if (way) way.parentElement.scrollLeft = way.offsetLeft - (way.parentElement.clientWidth - way.offsetWidth) / 2;
}

window.setInterval(tellAges, 10000);
fold();
tellAges();
showWay();
scrollDown();
