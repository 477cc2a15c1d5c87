// Keyboard: "/" goes to the search. After a refused form the summary of errors is in focus.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector("[data-key='/']");
    if (search) { event.preventDefault(); search.focus(); }
  }
  if (event.key === "Escape") {
    for (const open of document.querySelectorAll("details.person[open]")) { open.open = false; open.firstElementChild.focus(); }
  }
});
const errors = document.getElementById("errors");
if (errors) errors.focus();
// A menu that is open closes when another is opened or the page is pressed beside it.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.person[open]")) if (!open.contains(event.target)) open.open = false;
});
