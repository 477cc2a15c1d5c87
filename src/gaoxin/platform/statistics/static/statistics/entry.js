// Entering a return: what is typed is saved a moment later; what cannot be sent stays on this machine until it can.
// The server judges every cell by the same rules as at submission; this script only shows what it says.
const form = document.getElementById("entry");
const mark = document.getElementById("mark");
// By person too: on a shared machine nobody gets, and saves under their own name, what somebody else had typed.
const KEY = `gaoxin:${form.dataset.reader}:${form.getAttribute("action")}`;
const waiting = new Map();
let timer = 0;
let sending = false;

function remember() {
  try {
    if (waiting.size) localStorage.setItem(KEY, JSON.stringify([...waiting]));
    else localStorage.removeItem(KEY);
  } catch { /* a full or forbidden store: the cells still wait in memory */ }
}

function recall() {
  try { return new Map(JSON.parse(localStorage.getItem(KEY) || "[]")); } catch { return new Map(); }
}

function at() { return document.querySelector("#judged [data-at]")?.dataset.at || "0"; }

// A page that was asked for while a save was on its way shows the figures from before it: then it is asked for again, once.
function refresh() {
  try {
    const saved = localStorage.getItem(`${KEY}:at`) || "0";
    localStorage.removeItem(`${KEY}:at`);
    if (Number(saved) > Number(at())) location.reload();
  } catch { /* no store, nothing to compare with */ }
}

function control(name) { return form.elements.namedItem(name); }

// A cell is no longer "waiting" only when the value that the server has is the one that stands in it.
async function send() {
  if (sending || !waiting.size) return;
  sending = true;
  clearTimeout(timer);
  const sent = new Map(waiting);
  mark.textContent = form.dataset.saving;
  let answered = false;
  // After the end of a session the answer is the page to sign in: that is no answer to what was typed.
  const judge = (event) => {
    if (event.detail.target?.id !== "judged") return;
    answered = event.detail.serverResponse.includes('id="judged"');
    event.detail.shouldSwap &&= answered;
  };
  document.body.addEventListener("htmx:beforeSwap", judge);
  try {
    await htmx.ajax("POST", form.getAttribute("action"), { source: mark, target: "#judged", swap: "outerHTML", values: Object.fromEntries(sent) });
  } catch { /* no connection: the cells stay in the queue */ }
  document.body.removeEventListener("htmx:beforeSwap", judge);
  sending = false;
  const said = document.querySelector("#judged [data-saved]")?.dataset.saved;
  if (answered && said === "yes") {
    const refused = new Set([...document.querySelectorAll("#judged [data-kept=no]")].map((one) => one.dataset.cell));
    for (const [name, value] of sent) {
      // What cannot be read stays here too: it is in the queue until it is put right.
      if (waiting.get(name) === value && !refused.has(control(name)?.id)) waiting.delete(name);
    }
    remember();
    try { localStorage.setItem(`${KEY}:at`, at()); } catch { /* only the freshness of the page rests on it */ }
    mark.textContent = "";
    show();
    if ([...waiting].some(([name, value]) => sent.get(name) !== value)) later(300);
  } else if (answered) {
    remember();
    mark.textContent = "";
  } else {
    remember();
    mark.textContent = form.dataset.waiting;
    later(5000);
  }
}

function later(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(send, milliseconds);
}

function changed(event) {
  const cell = event.target.closest("[name^='cell:']");
  if (!cell) return;
  waiting.set(cell.name, cell.value);
  remember();
  later(event.type === "change" ? 0 : 800);
}

// Findings at their cells: a frame, and the words for whoever does not see it.
function show() {
  for (const cell of form.querySelectorAll("[data-state]")) {
    cell.removeAttribute("data-state");
    cell.removeAttribute("aria-invalid");
    cell.removeAttribute("aria-describedby");
  }
  let number = 0;
  for (const finding of [...document.querySelectorAll("#judged li[data-cell]")].reverse()) {
    const cell = finding.dataset.cell && document.getElementById(finding.dataset.cell);
    if (!cell || !["error", "warning"].includes(finding.dataset.severity)) continue;
    finding.id = `finding-${++number}`;
    cell.dataset.state = finding.dataset.severity;
    if (finding.dataset.severity === "error") cell.setAttribute("aria-invalid", "true");
    cell.setAttribute("aria-describedby", finding.id);
  }
  for (const name of waiting.keys()) {
    const cell = control(name);
    if (cell && !cell.dataset.state) cell.dataset.state = "waiting";
  }
}

// Enter and the arrows go up and down a column, as in a spreadsheet.
function move(event) {
  const cell = event.target.closest("[name^='cell:']");
  if (!cell || event.isComposing) return;
  const down = event.key === "Enter" && !event.shiftKey || event.key === "ArrowDown";
  const up = event.key === "Enter" && event.shiftKey || event.key === "ArrowUp";
  if (!down && !up || cell.tagName === "SELECT" && event.key !== "Enter" || cell.type === "date" && event.key !== "Enter") return;
  event.preventDefault();
  const column = cell.closest("td").cellIndex;
  const cells = [...form.querySelectorAll("td.cell > [name^='cell:']")];
  const single = cells.filter((one) => one.closest("td").cellIndex === column && one.closest("table") === cell.closest("table"));
  let next = single[single.indexOf(cell) + (down ? 1 : -1)];
  if (!next) {
    const at = cells.indexOf(down ? single[single.length - 1] : single[0]);
    next = cells[at + (down ? 1 : -1)];
  }
  if (next) { next.focus(); next.select?.(); }
}

refresh();
const kept = recall();
for (const [name, value] of kept) {
  const cell = control(name);
  if (cell && !cell.disabled) { cell.value = value; waiting.set(name, value); }
}
if (waiting.size) mark.textContent = form.dataset.restored;
form.addEventListener("input", changed);
form.addEventListener("change", changed);
form.addEventListener("keydown", move);
form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
window.addEventListener("online", () => later(0));
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") send(); });
show();
if (waiting.size) later(200);
