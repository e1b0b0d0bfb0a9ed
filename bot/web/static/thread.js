// What a thread shows when asked: pictures and words that came with a text, and how long something may still be done.
"use strict";

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-show]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.nextElementSibling) return hide(link);
  return link.dataset.show === "picture" ? showPicture(link) : showWords(link);
});

function showPicture(link) {
  const picture = document.createElement("img");
  picture.className = "thing__picture";
  picture.alt = link.dataset.words;
  picture.addEventListener("error", () => failed(link));
  picture.src = link.href;
  opened(link, picture);
}

async function showWords(link) {
  const words = document.createElement("pre");
  words.className = "thing__text";
  words.dir = "auto";
  opened(link, words);
  const answer = await fetch(link.href).catch(() => null);
  if (answer?.ok) words.textContent = await answer.text();
  else failed(link);
}

function opened(link, shown) {
  const label = link.querySelector(".thing__label");
  link.dataset.label ||= label.textContent;
  label.textContent = link.dataset.hide;
  link.setAttribute("aria-expanded", "true");
  link.after(shown);
}

function hide(link) {
  link.nextElementSibling.remove();
  link.querySelector(".thing__label").textContent = link.dataset.label;
  link.setAttribute("aria-expanded", "false");
}

function failed(link) {
  if (link.nextElementSibling) hide(link);
  link.classList.add("thing__show--failed");
}

// The hours and minutes that are left; the page comes anew when they are over.
function tellLeft() {
  for (const time of document.querySelectorAll("time[data-until]")) {
    const seconds = Math.max(0, (Date.parse(time.dateTime) - Date.now()) / 1000);
    const hours = Math.floor(seconds / 3600);
    const minutes = Math.floor(seconds / 60) % 60;
    const words = seconds < 600 ? `${minutes} min ${Math.floor(seconds) % 60} s` : `${hours} h ${minutes} min`;
    if (time.textContent !== words) time.textContent = words;
    time.closest(".window")?.classList.toggle("window--soon", seconds < 7200);
    if (!seconds && time.closest("[data-gone]")) gone(time.closest("[data-gone]"));
    else if (!seconds && !time.dataset.over) {
      time.dataset.over = "yes";
      window.htmx?.trigger(document.body, "look");
    }
  }
}

// A number leaves the page when its time is over, whatever the network does.
function gone(place) {
  place.replaceChildren();
  window.location.reload();
}

document.addEventListener("htmx:afterSwap", tellLeft);
window.setInterval(tellLeft, 1000);
tellLeft();
