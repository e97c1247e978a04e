// Keys, and one click once. Everything works without this file; it only makes it faster.
"use strict";

// On the way to another page no key acts on this one: whoever types a name right behind "/" takes no call with its n.
let leaving = false;

const stay = () => {
  leaving = false;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
};

const typing = (target) => target.matches("input, select, textarea");

const opened = (key) => {
  const found = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  return found && !found.disabled && !found.closest("fieldset:disabled") ? found : null;
};

const act = (found) => {
  if (found.tagName === "SUMMARY") {
    const box = found.parentElement;
    box.open = !box.open;
    const field = box.open && box.querySelector("input:not([type=hidden]), select, textarea, button");
    if (field) field.focus();
    if (field && field.select) field.select();
  } else if (found.tagName === "INPUT") {
    found.focus();
    found.select();
  } else {
    found.click();
    leaving ||= found.tagName === "A";
  }
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    stay(); // the browser stops on its way, too
    if (typing(event.target)) event.target.blur();
    return;
  }
  if (leaving || typing(event.target) || document.querySelector("dialog[open]")) return;
  const found = opened(event.key);
  if (found) {
    event.preventDefault();
    act(found);
  }
});

// The browser's own autofocus comes with some later frame, after keys were pressed; this comes before any key is heard.
const first = document.querySelector("[data-first]");
if (first) first.focus();

for (const opener of document.querySelectorAll("[data-open]")) {
  opener.addEventListener("click", () => document.getElementById(opener.dataset.open).showModal());
}

// The last result can be said again for ten seconds, also from the page that came after it.
const UNDO = 10000;
const shown = document.getElementById("undo");
if (shown) sessionStorage.setItem("undo", JSON.stringify({ href: shown.getAttribute("href"), until: Date.now() + UNDO, words: shown.textContent }));
const last = JSON.parse(sessionStorage.getItem("undo") || "null");
if (last && last.until > Date.now()) {
  const link = shown || document.createElement("a");
  if (!shown) {
    link.id = "undo";
    link.href = last.href;
    link.dataset.key = "u";
    link.textContent = last.words;
    document.getElementById("main").prepend(link);
  }
  setTimeout(() => link.remove(), last.until - Date.now());
} else if (shown) {
  shown.remove();
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

// The bar of a call says how it stands, and for how long; nothing else moves. It stops asking when the call is over.
for (const bar of document.querySelectorAll("[data-call]")) {
  const ask = async () => {
    if (!document.hidden) {
      const answer = await fetch(bar.dataset.call, { headers: { "X-Live": "1" } }).catch(() => null);
      if (answer && answer.redirected) return;
      const told = answer && answer.ok ? await answer.json() : null;
      if (told) bar.textContent = told.seconds === null ? told.words : `${told.words} · ${clock(told.seconds)}`;
      if (told && told.over) return;
    }
    setTimeout(ask, 2000);
  };
  setTimeout(ask, 2000);
}

// A list is narrowed to what holds every word typed.
for (const field of document.querySelectorAll("[data-finds]")) {
  const rows = [...document.getElementById(field.dataset.finds).children];
  const none = document.getElementById(`${field.dataset.finds}-none`);
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    none.hidden = rows.some((row) => !row.hidden);
  });
}

// One box ticks all boxes of its form.
for (const all of document.querySelectorAll("[data-ticks]")) {
  all.addEventListener("change", () => {
    for (const box of all.form.querySelectorAll("input[type=checkbox][name]")) box.checked = all.checked;
  });
}

for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    leaving = !form.dataset.busy;
    if (form.dataset.busy) {
      const words = document.createElement("p");
      words.setAttribute("role", "status");
      words.textContent = form.dataset.busy;
      form.append(words);
    }
    // Answered by a file, the page stays where it is: after so many ms it may be sent again, and keys act again.
    if ("file" in form.dataset) setTimeout(stay, Number(form.dataset.file) || 2000);
  });
}

window.addEventListener("pageshow", stay);
