"""A person at a real browser, who reads what is written and clicks on it; each click is counted."""

from __future__ import annotations

import json

from tests.chromium import Tab

WHERE = "JSON.stringify([performance.timeOrigin, location.href])"
# What can be clicked and says this; what is hidden cannot be.
MARK = """
(words => {
  const said = one => one.innerText.replace(/\\s+/g, " ").trim();
  const all = [...document.querySelectorAll("a, button, summary")].filter(one => one.getClientRects().length);
  const found = all.find(one => said(one) === words);
  if (found) found.dataset.clicked = "next";
  return Boolean(found);
})(%s)
"""
TYPE = """
((words, text) => {
  const label = [...document.querySelectorAll("label")].find(one => one.innerText.trim().startsWith(words));
  const field = label && document.getElementById(label.htmlFor);
  if (!field) return false;
  field.focus(); field.select();
  return document.execCommand("insertText", false, text);
})(%s, %s)
"""


class Visitor:
    """`clicks` is how often somebody has clicked since they came."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.clicks = 0

    def open(self, url: str) -> None:
        before = self.tab.js(WHERE)
        self.tab.open(url)
        self._until_another(before)

    def click(self, words: str) -> None:
        """On what says exactly this, and wait for where it leads."""
        assert self.tab.js(MARK % json.dumps(words)), (
            f"nothing says {words!r} on {self.url}: {self.text[:1500]}"
        )
        before = self.tab.js(WHERE)
        self.clicks += 1
        self.tab.click("[data-clicked=next]")
        self._until_another(before)

    def type(self, label: str, text: str) -> None:
        typed = self.tab.js(TYPE % (json.dumps(label), json.dumps(text)))
        assert typed, f"no field is called {label!r} on {self.url}"

    @property
    def url(self) -> str:
        return str(self.tab.js("location.href"))

    @property
    def text(self) -> str:
        return " ".join(str(self.tab.js("document.body.innerText")).split())

    def in_view(self, selector: str) -> bool:
        """Whether the beginning of something is on the screen as it is scrolled now."""
        top = f"document.querySelector({json.dumps(selector)}).getBoundingClientRect().top"
        return bool(self.tab.js(f"{top} >= -1 && {top} < innerHeight"))

    def _until_another(self, before: str) -> None:
        """Another page that is there, or another place on the same one."""
        self.tab.until(f"{WHERE} !== {json.dumps(before)} && document.readyState === 'complete'")
