/**
 * The script of the live page. What it shows was drawn where the page came from: it puts the newest drawing in its place, says
 * what is new to a screen reader, and goes over to the report. A region that has the focus waits until it has lost it.
 */
export const liveScript = `"use strict";
(() => {
  const part = (name) => document.getElementById("live-" + name);
  const [pause, status, said] = ["pause", "status", "said"].map(part);
  const waiting = new Map();
  let isPaused = false, hasEnded = false, heardAt = Date.now();
  const show = () => {
    if (isPaused) return;
    for (const [name, drawing] of waiting) {
      const region = part(name);
      if (region?.contains(document.activeElement)) continue;
      if (region) region.innerHTML = drawing;
      waiting.delete(name);
    }
  };
  const tell = (element, words) => { if (element.textContent !== words) element.textContent = words; };
  const source = new EventSource("events");
  const on = (type, act) => source.addEventListener(type, (event) => {
    heardAt = Date.now();
    act(JSON.parse(event.data));
  });
  on("update", ({ regions, announcement }) => {
    for (const name of Object.keys(regions)) waiting.set(name, regions[name]);
    show();
    if (announcement !== "") tell(said, announcement);
  });
  on("end", ({ report, message }) => {
    hasEnded = true;
    source.close();
    tell(status, message);
    if (report) location.replace(report);
  });
  pause.hidden = false;
  pause.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.textContent = isPaused ? "Go on" : "Pause";
    show();
  });
  document.addEventListener("focusout", () => setTimeout(show));
  setInterval(() => {
    if (hasEnded) return;
    const silent = Math.round((Date.now() - heardAt) / 1000);
    tell(status, silent >= 5 ? "No news of the run since " + new Date(heardAt).toISOString().slice(11, 19) + " UTC; trying again." : isPaused ? "Paused; the run goes on." : "");
  }, 1000);
})();
`;
