// The tail: rows that are new appear on top while the newest page is open. It asks again and again, more
// seldom while nothing comes, not at all in a tab that nobody looks at, and in the end no more.
import { write } from "./times.js";

const FIRST_MS = 3_000;
const SELDOM_MS = 30_000;
const DEADLINE_MS = 10_000;
const FAILURES_MAX = 10;
const ROWS_MAX = 500;
const LASTS_MS = 4 * 3_600_000;

export function followTail(list) {
  const body = list.querySelector("tbody");
  const told = list.querySelector("[data-tail-told]");
  const reload = told.firstElementChild;
  const begun = Date.now();
  let wait = FIRST_MS;
  let failures = 0;
  let came = 0;
  let timer = 0;

  const say = (text) => told.replaceChildren(text);
  const end = (text) => told.replaceChildren(`${text} `, reload);

  function later() {
    clearTimeout(timer);
    if (document.hidden) return;
    timer = setTimeout(look, wait);
  }

  async function look() {
    if (Date.now() - begun > LASTS_MS || body.rows.length >= ROWS_MAX) {
      return end("This page shows no more of what is new.");
    }
    const url = new URL(list.dataset.tail, location.href);
    url.searchParams.set("after", body.rows[0]?.dataset.place ?? "0");
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(DEADLINE_MS), redirect: "error" });
      if (!answer.ok) throw new Error(answer.statusText);
      const found = answer.status === 204 ? 0 : put(await answer.text());
      failures = 0;
      wait = found ? FIRST_MS : Math.min(wait * 1.5, SELDOM_MS);
    } catch {
      failures += 1;
      wait = SELDOM_MS;
      if (failures >= FAILURES_MAX) return end("What is new could not be asked for.");
    }
    later();
  }

  // What is above the reader's place is added without moving it.
  function put(html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    const rows = [...made.content.querySelectorAll("tr")].filter((row) => !document.getElementById(row.id));
    const before = document.documentElement.scrollHeight;
    for (const row of rows) row.classList.add("new");
    body.prepend(...rows);
    list.querySelector("table").parentElement.hidden = false;
    list.querySelector("[data-nothing]")?.remove();
    write(body);
    if (body.getBoundingClientRect().top < 0) {
      window.scrollBy({ top: document.documentElement.scrollHeight - before, behavior: "instant" });
    }
    came += rows.length;
    if (rows.length) say(`${came} new ${came === 1 ? "row" : "rows"} since you opened this page.`);
    return rows.length;
  }

  say("What is new appears here by itself.");
  document.addEventListener("visibilitychange", () => {
    wait = FIRST_MS;
    later();
  });
  later();
}
