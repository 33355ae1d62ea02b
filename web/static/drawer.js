// The drawer: an event opened beside its list. The address names it, Escape closes it, and the list stays
// where it is. On the page of one event the same keys lead to its neighbours.
import { write } from "./times.js";

const DEADLINE_MS = 10_000;
const STEPS = { j: "next", ArrowRight: "next", k: "prev", ArrowLeft: "prev" };

export function openDrawer(list) {
  if (!list) {
    // One came from the list, left, and is back: what the address names now is another page.
    window.addEventListener("popstate", () => location.reload());
    return onKeys((rel) => document.querySelector(`.fact a[rel=${rel}]`)?.click(), () => {});
  }
  const drawer = document.createElement("aside");
  drawer.className = "drawer";
  drawer.setAttribute("aria-label", "The event that is open");
  drawer.hidden = true;
  list.append(drawer);
  let asked = 0;

  const rowOf = (place) => document.getElementById(`p${place.replace(".", "-")}`);
  const linkOf = (row) => row?.querySelector("a.told");
  const marked = () => list.querySelector("tr[aria-current]");

  function mark(row) {
    marked()?.removeAttribute("aria-current");
    row?.setAttribute("aria-current", "true");
    row?.scrollIntoView({ block: "nearest" });
  }

  async function show(url) {
    const number = ++asked;
    const part = new URL(url, location.href);
    part.searchParams.set("part", "alone");
    try {
      const answer = await fetch(part, { signal: AbortSignal.timeout(DEADLINE_MS), redirect: "error" });
      if (!answer.ok) throw new Error(answer.statusText);
      const html = await answer.text();
      if (number !== asked) return; // another one was asked for meanwhile
      drawer.innerHTML = html;
      drawer.hidden = false;
      write(drawer);
      mark(rowOf(drawer.querySelector(".fact").dataset.place));
      drawer.querySelector("h2").focus({ preventScroll: true });
    } catch {
      if (number === asked) location.href = url; // as it goes without a script
    }
  }

  function hide() {
    asked += 1;
    const row = marked();
    drawer.hidden = true;
    drawer.replaceChildren();
    mark(null);
    linkOf(row)?.focus({ preventScroll: true });
  }

  // The list keeps its own entry in the history, with the row from which one left it.
  function open(url) {
    if (history.state?.open) {
      history.replaceState({ open: url, from: history.state.from }, "", url);
    } else {
      const row = list.querySelector(`a.told[href="${CSS.escape(url)}"]`)?.closest("tr");
      const here = row ? `${location.pathname}${location.search}#${row.id}` : location.href;
      history.replaceState(null, "", here);
      history.pushState({ open: url, from: here }, "", url);
    }
    show(url);
  }

  function close() {
    if (history.state?.open) history.back();
    else hide();
  }

  window.addEventListener("popstate", (event) => {
    if (event.state?.open) show(event.state.open);
    else if (!drawer.hidden) setTimeout(hide); // the browser, too, moves the focus when it goes back
  });

  list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.matches("a.told, .fact a[rel=next], .fact a[rel=prev]")) {
      event.preventDefault();
      open(link.getAttribute("href"));
    } else if (link.matches("[data-close]")) {
      event.preventDefault();
      close();
    }
  });

  // Back from elsewhere, the row that one left is in sight, wherever the page was last scrolled to.
  window.addEventListener("pageshow", () => setTimeout(() => {
    const row = list.querySelector("tr:target");
    const box = row?.getBoundingClientRect();
    if (box && (box.top < 0 || box.bottom > window.innerHeight)) row.scrollIntoView({ block: "center" });
  }));

  onKeys((rel) => {
    if (!drawer.hidden) return drawer.querySelector(`a[rel=${rel}]`)?.click();
    linkOf(list.querySelector("tr:target") ?? list.querySelector("tbody tr"))?.click();
  }, () => !drawer.hidden && close());
}

function onKeys(step, escape) {
  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, select, textarea, [contenteditable], pre")) return;
    if (event.key === "Escape") return escape();
    const rel = STEPS[event.key];
    if (!rel) return;
    event.preventDefault();
    step(rel);
  });
}
