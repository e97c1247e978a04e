// A file that is too large is told so before it is sent. The server refuses it all the same.
"use strict";

for (const field of document.querySelectorAll("input[type=file][data-most]")) {
  field.addEventListener("change", () => {
    const file = field.files[0];
    field.setCustomValidity(file && file.size > Number(field.dataset.most) ? field.dataset.refused : "");
    field.reportValidity();
  });
}
