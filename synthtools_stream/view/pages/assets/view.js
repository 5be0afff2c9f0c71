// What the pages do beyond links and forms: keys, folding, copying, saving a note in place, news of a live run.
"use strict";

const $ = (selector) => document.querySelector(selector);
const $$ = (selector) => [...document.querySelectorAll(selector)];

// --- said to the reader, aloud for screen readers, and gone after a while
let hush = 0;
function tell(words) {
  const told = $("#told");
  told.textContent = words;
  clearTimeout(hush);
  hush = setTimeout(() => { told.textContent = ""; }, 4000);
}

// --- what was kept of an earlier page; a browser may refuse to keep anything
function kept(store, key) {
  try { return JSON.parse(store.getItem(key)); } catch { return null; }
}
function keep(store, key, value) {
  try { store.setItem(key, JSON.stringify(value)); } catch { /* nothing is kept, then */ }
}

// --- steps, messages and rows: j and k
const isShown = (item) => item.getClientRects().length > 0;
const heart = (item) => item.querySelector(":scope > .item-head > .item-link") || item;

function move(by) {
  const items = $$("[data-item]").filter(isShown);
  if (!items.length) return;
  const here = document.activeElement && document.activeElement.closest("[data-item]");
  let at = items.indexOf(here);
  if (at < 0) {
    const edge = ($(".row-bar") || $(".top")).getBoundingClientRect().bottom;
    const below = items.findIndex((item) => item.getBoundingClientRect().top >= edge - 4);
    at = below < 0 ? (by > 0 ? items.length - 1 : items.length - 2) : (by > 0 ? below : below - 1);
  } else {
    at += by;
  }
  const item = items[Math.max(0, Math.min(items.length - 1, at))];
  const target = heart(item);
  target.focus({ preventScroll: true });
  item.scrollIntoView({ block: item.offsetHeight > innerHeight * 0.6 ? "start" : "nearest" });
}

// --- folding
function fold(open) {
  for (const part of $$("details.fold")) part.open = open;
}

// A link into something folded unfolds it.
function unfold() {
  let place = null;
  try { place = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { return; }
  let opened = false;
  for (let part = place && place.closest("details"); part; part = part.parentElement && part.parentElement.closest("details")) {
    opened = opened || !part.open;
    part.open = true;
  }
  if (opened) place.scrollIntoView({ block: "center" }); // else the browser has gone there
}

// --- copying
async function copy(button) {
  try {
    const answer = await fetch(button.dataset.copy, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(`the server said ${answer.status}`);
    const text = await answer.text();
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else copyOld(text);
    tell("Copied");
  } catch (error) {
    tell(`Not copied: ${error.message}`);
  }
}
function copyOld(text) { // without TLS, on another machine than the server's
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("the browser refused");
}

// --- a note is saved in place; without a script, the form does it
async function save(form) {
  const saved = form.querySelector("[data-saved]");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin" });
    if (!answer.ok) throw new Error(await answer.text());
    saved.textContent = "Saved";
  } catch (error) {
    saved.textContent = `Not saved: ${error.message}`;
  }
}

// --- the list that a reader came from: next and previous row
function rememberList() {
  const rows = $$(".rows .item-link").map((link) => link.getAttribute("href").split("#")[0]);
  if ($("[data-list]") && rows.length) keep(sessionStorage, "list", { address: location.pathname + location.search, rows });
}
function placeInList() {
  const list = kept(sessionStorage, "list");
  if (!list || !Array.isArray(list.rows) || !("row" in document.body.dataset)) return null;
  const at = list.rows.indexOf(location.pathname);
  return at < 0 ? null : { address: list.address, at, of: list.rows.length, previous: list.rows[at - 1], following: list.rows[at + 1] };
}
function showPlace(place) {
  const slot = $("#in-list");
  if (!place || !slot) return;
  const link = (words, address, name) => {
    const a = document.createElement("a");
    a.className = "quiet";
    a.href = address;
    a.textContent = words;
    a.setAttribute("aria-label", name);
    return a;
  };
  if (place.previous) slot.append(link("←", place.previous, "Previous row"));
  slot.append(link(`${place.at + 1} of ${place.of}`, place.address, `Row ${place.at + 1} of ${place.of}: back to the list`));
  if (place.following) slot.append(link("→", place.following, "Next row"));
  slot.hidden = false;
}
const go = (address) => { if (address) location.assign(address); };

// --- keys
const help = $("#help");
const keysOn = $("#keys-on");
const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

function press(event, place) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target instanceof Element && isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (help.open || !keysOn.checked) return;
  const deeds = {
    j: () => move(1),
    k: () => move(-1),
    n: () => go(place && place.following),
    p: () => go(place && place.previous),
    u: () => go(place && place.address),
    e: () => fold(true),
    c: () => fold(false),
    l: () => { const label = $("#label"); if (label) label.focus(); },
    "/": () => { const search = $("#search"); search.focus(); search.select(); },
    "?": () => help.showModal(),
  };
  if (!Object.hasOwn(deeds, event.key)) return;
  event.preventDefault();
  deeds[event.key]();
}

// --- news of a live run
const ASK_MS = 5000; // often enough to look live, and cheap: the answer is one number
async function askForNews() {
  const since = document.body.dataset.total;
  try {
    const answer = await fetch(`/fresh?since=${encodeURIComponent(since)}`, { credentials: "same-origin" });
    if (!answer.ok) return;
    const news = await answer.json();
    const fresh = Number(news.new) || 0;
    if (fresh > 0) offer(fresh);
    if (!news.live) clearInterval(asking);
  } catch { /* the server is gone, or restarts: asked again later */ }
}
function offer(fresh) {
  const slot = $("#fresh");
  const words = `${fresh.toLocaleString("en")} new ${fresh === 1 ? "row" : "rows"}`;
  if (slot.dataset.words === words) return;
  slot.dataset.words = words;
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = "load the page anew";
  link.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
  slot.replaceChildren(`${words}: `, link);
}

// --- begin
const place = placeInList();
rememberList();
showPlace(place);
for (const hiddenButton of $$("[data-copy], [data-fold], [data-only-differences], #help-button")) hiddenButton.hidden = false;
keysOn.checked = kept(localStorage, "keys") !== false;
keysOn.addEventListener("change", () => keep(localStorage, "keys", keysOn.checked));
$("#help-button").addEventListener("click", () => help.showModal());
document.addEventListener("keydown", (event) => press(event, place));
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest("button");
  if (!button) return;
  if (button.dataset.copy) copy(button);
  else if (button.dataset.fold) fold(button.dataset.fold === "open");
  else if ("onlyDifferences" in button.dataset) {
    const on = document.body.classList.toggle("only-differences");
    button.setAttribute("aria-pressed", String(on));
  }
});
document.addEventListener("submit", (event) => {
  if (!("note" in event.target.dataset)) return;
  event.preventDefault();
  save(event.target);
});
addEventListener("hashchange", unfold);
unfold();
const asking = "live" in document.body.dataset ? setInterval(() => { if (!document.hidden) askForNews(); }, ASK_MS) : 0;
