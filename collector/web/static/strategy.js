// Rows of a draft are dragged by mouse and moved by Alt and an arrow. Without this file their buttons move them.
"use strict";

{
  const table = document.getElementById("segments");
  const form = document.getElementById("rows");
  let held = null;

  const rowOf = (target) => target.closest && target.closest("tr[data-at]");

  const unmark = () => {
    for (const row of table.querySelectorAll(".before, .behind")) row.classList.remove("before", "behind");
  };

  // Where the held row would come to, if it were let go over this one.
  const place = (row, event) => {
    const box = row.getBoundingClientRect();
    const behind = event.clientY > box.top + box.height / 2;
    const at = Number(row.dataset.at) + (behind ? 1 : 0);
    return { behind, to: at > Number(held.dataset.at) ? at - 1 : at };
  };

  const send = (words) => {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "do";
    field.value = words;
    form.append(field);
    form.requestSubmit();
  };

  if (table) {
    table.addEventListener("dragstart", (event) => {
      held = rowOf(event.target);
      if (!held) return;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", held.dataset.at);
    });
    table.addEventListener("dragover", (event) => {
      const row = rowOf(event.target);
      if (!held || !row) return;
      event.preventDefault();
      unmark();
      if (row !== held) row.classList.add(place(row, event).behind ? "behind" : "before");
    });
    table.addEventListener("drop", (event) => {
      const row = rowOf(event.target);
      if (!held || !row) return;
      event.preventDefault();
      const { to } = place(row, event);
      if (to !== Number(held.dataset.at)) send(`move ${held.dataset.at} ${to}`);
    });
    table.addEventListener("dragend", () => {
      held = null;
      unmark();
    });
    table.addEventListener("keydown", (event) => {
      const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
      const row = rowOf(event.target);
      if (!event.altKey || !way || !row) return;
      event.preventDefault();
      const button = row.querySelector(`[data-move="${way}"]`);
      if (button && !button.disabled) button.click();
    });
  }
}
