// The live part of the desk: a list and a thread that keep up with the stream, and look by themselves while it is cut.
"use strict";

(() => {
  const LOOK_WHEN_CUT = 15000;
  const LOOK_ANYWAY = 60000; // should a change ever not have been told
  const LEAST_REST = 3; // times as long as the list's last look took: a line that is slow is asked less often
  const SENDING_LASTS = 10000;
  let cut = false;
  let sentAt = -SENDING_LASTS;
  let answeredAt = 0;
  let lookedAt = performance.now();
  let began = 0;
  let restUntil = 0;
  let waiting = 0;

  document.addEventListener("htmx:sseError", () => { cut = true; });
  document.addEventListener("htmx:sseOpen", () => { cut = false; }); // the stream itself then says what was missed

  window.setInterval(() => {
    if (performance.now() - lookedAt >= (cut ? LOOK_WHEN_CUT : LOOK_ANYWAY)) look();
  }, 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && cut) look(); });

  function look() {
    lookedAt = performance.now();
    window.htmx.trigger(document.body, "look");
  }

  // What somebody does is answered with the thread as it is then. A look that began before would take their form away under
  // them, or bring back what was.
  function sending() {
    return performance.now() - sentAt < SENDING_LASTS;
  }
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.target?.id !== "conversation") return;
    detail.requestConfig.beganAt = performance.now();
    if (detail.requestConfig.verb === "post") sentAt = detail.requestConfig.beganAt;
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig } = event.detail;
    if (target.id !== "conversation" || requestConfig.verb === "post") return;
    if (sending() || requestConfig.beganAt < answeredAt) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig.verb !== "post" || !document.getElementById("conversation")) return;
    sentAt = -SENDING_LASTS;
    answeredAt = performance.now();
    window.htmx.trigger("#conversation", "rested");
  });

  // The first change is shown at once; those that follow on its heels, together.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id !== "list") return;
    const rest = restUntil - performance.now();
    if (rest <= 0) {
      began = performance.now();
      return;
    }
    event.preventDefault();
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => window.htmx.trigger("#list", "rested"), rest);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.id !== "list" || !event.detail.xhr?.status) return;
    const now = performance.now();
    restUntil = now + LEAST_REST * (now - began);
  });
})();
