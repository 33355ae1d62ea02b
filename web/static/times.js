// Instants in UTC, in the time of this browser, or as how long ago; which of them is remembered here.
const KEPT = "heartwood.times";
const WAYS = { utc: "UTC", local: "Local time", ago: "How long ago" };
const STEPS = [[60, "second"], [60, "minute"], [24, "hour"], [30, "day"], [12, "month"], [Infinity, "year"]];
const AGAIN_MS = 30_000;

const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const local = new Intl.DateTimeFormat(undefined, {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});

function kept() {
  try {
    const way = localStorage.getItem(KEPT);
    return way in WAYS ? way : "utc";
  } catch {
    return "utc"; // a browser that keeps nothing
  }
}

function keep(way) {
  try {
    localStorage.setItem(KEPT, way);
  } catch {
    // It holds for this page only.
  }
}

function sinceThen(at) {
  let left = (at - Date.now()) / 1000;
  for (const [size, unit] of STEPS) {
    if (Math.abs(left) < size) return ago.format(Math.round(left), unit);
    left /= size;
  }
  return "";
}

function written(element, way) {
  const at = new Date(element.dateTime);
  element.dataset.utc ??= element.textContent;
  if (way === "utc" || Number.isNaN(at.getTime())) return element.dataset.utc;
  return way === "local" ? local.format(at) : sinceThen(at);
}

let chosen = "utc";

// Also for what came into the page later.
export function write(root) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const text = written(element, chosen);
    if (element.textContent !== text) element.textContent = text;
  }
}

function choice(way) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "radio";
  input.name = "times";
  input.value = way;
  input.checked = way === chosen;
  input.addEventListener("change", () => {
    chosen = way;
    keep(way);
    write(document);
  });
  label.append(input, ` ${WAYS[way]}`);
  return label;
}

export function showTimes(root) {
  const told = root.querySelector("[data-times-told]");
  if (!told) return;
  chosen = kept();
  const group = document.createElement("span");
  group.className = "times";
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", "How instants are written");
  group.append(...Object.keys(WAYS).map(choice));
  told.parentElement.after(group);
  told.textContent = " unless you choose otherwise";
  write(root);
  setInterval(() => chosen === "ago" && !document.hidden && write(document), AGAIN_MS);
}
