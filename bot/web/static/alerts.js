// How the desk makes itself heard: a count in the title, a sound for what is urgent, a notice while the page is hidden, and
// push for when it is closed. None of these says who wrote or what.
"use strict";

(() => {
  const MUTED = "puente-muted";
  const PUSHED = "puente-pushed"; // the officer who is told in this browser
  const SEEN = "puente-seen"; // what this tab has rung for
  const RING_AGAIN = 60000;
  const FETCH_AFTER = 1000;
  const bar = document.getElementById("alerts");
  if (!bar) return;
  const soundSwitch = document.getElementById("sound");
  const state = document.getElementById("push-state");
  const seen = new Set(JSON.parse(sessionStorage.getItem(SEEN) || "[]"));
  let begun = sessionStorage.getItem(SEEN) !== null;
  let audio = null;
  let ringing = false;
  let rangAt = 0;

  // --- what waits ---

  let list = document.getElementById("list"); // on other pages than the desk it is fetched, and not shown

  function waitingCards(which) {
    return [...(list?.querySelectorAll(`.card--waits${which} .card__link`) || [])].map((link) => link.id);
  }

  function news() {
    if (!list) return;
    const urgent = waitingCards(".card--urgent");
    const all = waitingCards("");
    tellTitle(all.length, urgent.length);
    const fresh = all.filter((id) => !seen.has(id));
    const freshUrgent = urgent.filter((id) => !seen.has(`${id}!`)); // a thread may become urgent later
    for (const id of [...seen]) if (!all.includes(id.replace("!", ""))) seen.delete(id);
    for (const id of all) seen.add(id);
    for (const id of urgent) seen.add(`${id}!`);
    sessionStorage.setItem(SEEN, JSON.stringify([...seen]));
    if (freshUrgent.length) ring();
    if (begun && document.hidden && (fresh.length || freshUrgent.length)) notice(freshUrgent.length ? "urgent" : "waits");
    begun = true;
  }

  function tellTitle(waiting, urgent) {
    const count = waiting ? `${urgent ? "❗" : ""}(${waiting}) ` : "";
    document.title = count + document.title.replace(/^❗?\(\d+\) /, "");
  }

  document.addEventListener("htmx:afterSwap", (event) => { if (event.target.id === "list") news(); });

  function listen() {
    const stream = new EventSource(bar.dataset.live);
    let due = 0;
    const soon = () => { due ||= window.setTimeout(() => { due = 0; fetchList(); }, FETCH_AFTER); };
    for (const name of ["changed", "look"]) stream.addEventListener(name, soon);
    window.setInterval(soon, RING_AGAIN);
  }

  async function fetchList() {
    const answer = await fetch(bar.dataset.list, { headers: { "HX-Request": "true" } }); // the page looks, not a person
    if (!answer.ok) return;
    list = new DOMParser().parseFromString(await answer.text(), "text/html");
    news();
  }

  window.setInterval(() => {
    if (waitingCards(".card--urgent").length && performance.now() - rangAt >= RING_AGAIN) ring();
  }, 5000);

  // --- sound: two soft tones, made here; browsers allow it after the first click or key ---

  function muted() {
    return localStorage.getItem(MUTED) === "yes";
  }

  // Until the browser lets it ring it waits, and does not ring for what somebody has taken meanwhile.
  function ring() {
    rangAt = performance.now();
    if (muted() || ringing) return;
    ringing = true;
    awake().then(() => {
      ringing = false;
      if (!muted() && waitingCards(".card--urgent").length) play();
    });
  }

  function awake() {
    audio ||= new AudioContext();
    return audio.resume();
  }
  for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, awake, { once: true });

  function play() {
    [[660, 0], [880, 0.18], [660, 0.5], [880, 0.68]].forEach(([pitch, after]) => tone(pitch, audio.currentTime + after));
  }

  function tone(pitch, at) {
    const wave = new OscillatorNode(audio, { type: "triangle", frequency: pitch });
    const loudness = new GainNode(audio, { gain: 0 });
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(0.25, at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, at + 0.16);
    wave.connect(loudness).connect(audio.destination);
    wave.start(at);
    wave.stop(at + 0.17);
  }

  function showSound() {
    soundSwitch.setAttribute("aria-checked", String(!muted()));
  }
  soundSwitch.hidden = false;
  soundSwitch.addEventListener("click", () => {
    localStorage.setItem(MUTED, muted() ? "no" : "yes");
    showSound();
  });
  window.addEventListener("storage", showSound); // another tab of this browser
  showSound();

  const trial = document.getElementById("ring");
  if (trial) {
    trial.hidden = false;
    trial.addEventListener("click", () => awake().then(play));
  }

  // --- a notice of the browser, while the page is not in front ---

  async function notice(kind) {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    const options = { tag: `puente-${kind}`, renotify: true, requireInteraction: kind === "urgent" };
    const worker = await registered();
    if (worker) worker.showNotification(bar.dataset[kind], options); // in place of what was pushed, if that came too
    else new Notification(bar.dataset[kind], options).onclick = () => window.focus();
  }

  async function registered() {
    return "serviceWorker" in navigator ? navigator.serviceWorker.getRegistration("/desk") : undefined;
  }

  // --- push, while no page is open ---

  async function subscription() {
    return (await registered())?.pushManager?.getSubscription();
  }

  async function post(found, deed = "") {
    const { endpoint, keys } = found.toJSON();
    const body = new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth });
    return fetch(bar.dataset.browsers + deed, { method: "POST", body, headers: { "X-CSRF-Token": bar.dataset.csrf } });
  }

  // Who signs in to a browser in which somebody else was told ends that; one's own is told by this session from now on.
  async function settle() {
    const told = localStorage.getItem(PUSHED);
    if (!told) return;
    const found = await subscription();
    if (!found || told !== bar.dataset.officer) {
      localStorage.removeItem(PUSHED);
      await found?.unsubscribe();
    } else if (sessionStorage.getItem(PUSHED) !== bar.dataset.csrf) {
      await navigator.serviceWorker.register(bar.dataset.worker, { scope: "/desk" });
      if ((await post(found)).ok) sessionStorage.setItem(PUSHED, bar.dataset.csrf);
    }
  }

  async function turnOn() {
    if (await Notification.requestPermission() !== "granted") return;
    await navigator.serviceWorker.register(bar.dataset.worker, { scope: "/desk" });
    const worker = await navigator.serviceWorker.ready;
    const earlier = await worker.pushManager.getSubscription();
    if (earlier) await earlier.unsubscribe(); // it may be bound to a key that was ours before
    const found = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: state.dataset.key });
    const answer = await post(found);
    if (answer.ok) localStorage.setItem(PUSHED, bar.dataset.officer);
    else {
      await found.unsubscribe();
      throw new Error(answer.status === 422 ? await answer.text() : "");
    }
  }

  async function turnOff() {
    localStorage.removeItem(PUSHED);
    const found = await subscription();
    await found?.unsubscribe();
    if (found) await post(found, "/forget");
  }

  async function showState(refused = "") {
    const able = "Notification" in window && "serviceWorker" in navigator;
    const on = able && localStorage.getItem(PUSHED) === bar.dataset.officer && Boolean(await subscription());
    const denied = able && Notification.permission === "denied";
    const open = able && Notification.permission === "granted" ? "open" : "off";
    const word = !able ? "cannot" : denied ? "denied" : on ? "on" : open;
    state.textContent = [refused, state.dataset[word]].filter(Boolean).join(" ");
    document.getElementById("push-on").hidden = !able || denied || on;
    document.getElementById("push-off").hidden = !on;
  }

  function act(deed) {
    return () => deed().then(() => window.location.assign(window.location.pathname), (error) => showState(error.message));
  }

  if (state) {
    document.getElementById("push-on").addEventListener("click", act(turnOn));
    document.getElementById("push-off").addEventListener("click", act(turnOff));
    showState();
  }
  settle().catch(() => {}); // without it the browser is told as before
  if (list) news();
  else listen();
})();
