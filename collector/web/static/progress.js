// Looks every second how far a file is, and goes on where it is over. Without this file a link looks again.
"use strict";

const box = document.getElementById("progress");
const bar = box.querySelector("progress");
const words = document.getElementById("progress-words");

const look = async () => {
  let told;
  try {
    const answer = await fetch(box.dataset.look, { headers: { "X-Live": "1" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    told = await answer.json();
  } catch {
    setTimeout(look, 5000); // the server is away, or the session is over: the link says which
    return;
  }
  if (told.state !== "running") {
    window.location.replace(told.over || box.dataset.here);
    return;
  }
  bar.value = told.percent;
  if (words.textContent !== told.words) words.textContent = told.words;
  setTimeout(look, 1000);
};

setTimeout(look, 1000);
