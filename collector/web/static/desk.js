// The phone of this desk rings: the bar says so on whatever page is open. Without this file it comes with the next page.
"use strict";

{
  const bar = document.getElementById("bar");
  const AGAIN_MS = 5000;
  const plain = document.title;
  let source = null;
  let over = false;
  let asleep = false;

  const put = (html) => {
    bar.innerHTML = html;
    document.title = bar.querySelector(".ringing") ? `☎ ${plain}` : plain;
  };

  const connect = () => {
    if (over) return;
    asleep = false;
    source = new EventSource(bar.dataset.from);
    source.addEventListener("bar", (event) => put(JSON.parse(event.data)));
    source.addEventListener("bye", () => {
      over = true;
      source.close();
    });
    source.addEventListener("enough", () => {
      asleep = true; // another tab took its place; whoever looks at this one again gets it back
      source.close();
    });
    source.addEventListener("error", () => {
      if (!over && !asleep && source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN_MS);
    });
  };

  window.addEventListener("focus", () => asleep && connect());
  window.addEventListener("pagehide", () => source && source.close());
  window.addEventListener("pageshow", (event) => event.persisted && connect());
  if (bar.querySelector(".ringing")) document.title = `☎ ${plain}`;
  connect();
}
