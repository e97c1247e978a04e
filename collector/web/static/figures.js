// A form that is answered by a file leaves the page where it is: soon it may be sent again, and keys act again.
"use strict";

for (const form of document.querySelectorAll("form[data-file]")) {
  form.addEventListener("submit", () => setTimeout(() => window.dispatchEvent(new Event("pageshow")), 2000));
}
