// The open floor follows what happens: a part that changed is put in place, unless somebody is at work in it. Without
// this file the page shows what was when it was loaded, and says so.
"use strict";

{
  const said = document.getElementById("as-of");
  const waiting = new Map(); // part → what is to be put there once it is left
  const QUIET_MS = 10000; // no word for so long: the page is not live, whatever the connection says
  const AGAIN_MS = 5000;
  let source = null;
  let over = false;
  let heard = Date.now();
  let moment = said.dataset.moment;

  const say = (words, look) => {
    said.textContent = words.replace("{moment}", moment);
    said.className = look;
  };

  const changed = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
    const given = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(given, 0);
  };

  const atWork = (part) => {
    if (part.contains(document.activeElement)) return true;
    if ([...part.querySelectorAll("input:not([type=hidden]), select, textarea")].some(changed)) return true;
    const marked = window.getSelection();
    return !marked.isCollapsed && part.contains(marked.anchorNode);
  };

  // A form is sent once, as those that came with the page are.
  const once = (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  };

  const put = (part, { digest, html }) => {
    const open = new Set([...part.querySelectorAll("details[data-keep][open]")].map((box) => box.dataset.keep));
    const places = [...part.querySelectorAll(".scroll")].map((box) => [box.scrollLeft, box.scrollTop]);
    part.innerHTML = html;
    part.dataset.digest = digest;
    for (const box of part.querySelectorAll("details[data-keep]")) box.open = open.has(box.dataset.keep);
    part.querySelectorAll(".scroll").forEach((box, at) => {
      if (places[at]) [box.scrollLeft, box.scrollTop] = places[at];
    });
    part.querySelectorAll("form[method=post]").forEach(once);
  };

  const take = (part, news) => {
    if (part.dataset.digest === news.digest) {
      waiting.delete(part);
    } else if (atWork(part)) {
      waiting.set(part, news);
    } else {
      waiting.delete(part);
      put(part, news);
    }
    part.classList.toggle("waits", waiting.has(part));
  };

  const takeAll = () => {
    for (const [part, news] of [...waiting]) take(part, news);
  };

  document.addEventListener("focusout", () => setTimeout(takeAll));

  const end = (why) => {
    over = true;
    source.close();
    say(said.dataset[why], "problem");
  };

  const connect = () => {
    if (over) return;
    source = new EventSource(said.dataset.from);
    source.addEventListener("part", (event) => {
      const news = JSON.parse(event.data);
      const part = document.getElementById(`part-${news.id}`);
      if (part) take(part, news);
    });
    source.addEventListener("beat", (event) => {
      heard = Date.now();
      moment = JSON.parse(event.data);
      takeAll();
      say(said.dataset.live, "light good");
    });
    source.addEventListener("bye", () => end("bye"));
    source.addEventListener("enough", () => end("enough"));
    source.addEventListener("error", () => {
      if (over) return;
      say(said.dataset.stale, "problem");
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN_MS);
    });
  };

  setInterval(() => {
    if (!over && Date.now() - heard > QUIET_MS) say(said.dataset.stale, "problem");
  }, 2000);
  window.addEventListener("pagehide", () => source && source.close());
  window.addEventListener("pageshow", (event) => event.persisted && connect());
  connect();
}
