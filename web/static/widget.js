// Shows an agent on the page that holds the snippet: its name and what it says first.
(() => {
  const snippet = document.currentScript;
  if (!snippet) return;
  const config = new URL(`${encodeURIComponent(snippet.dataset.widget || "")}/config`, snippet.src);
  fetch(config, { credentials: "omit" })
    .then((answer) => (answer.ok ? answer.json() : null))
    .then((told) => {
      if (!told) return;
      const box = document.createElement("aside");
      const name = document.createElement("strong");
      const greeting = document.createElement("p");
      box.className = "heartwood-widget";
      box.setAttribute("aria-label", told.agent.name);
      name.textContent = told.agent.name;
      greeting.textContent = told.agent.greeting || "";
      box.append(name, greeting);
      document.body.append(box);
    })
    .catch(() => {});
})();
