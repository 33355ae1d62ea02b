"""A person at a real browser: Chromium, told what to do over a pipe, one thing after another.

Clicks are counted, since what a newcomer has to click is what is asked about.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.waiting import until

FOUND = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ANSWER_SECONDS = 30.0
PAGE_SECONDS = 30.0
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")

# Chromium listens on 3 and speaks on 4.
BEGIN = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); "
BEGIN += "os.execv(sys.argv[3], sys.argv[3:])"

WHERE = "JSON.stringify([performance.timeOrigin, location.href, document.readyState])"
# What can be clicked and says this; what is hidden cannot be.
FIND = """
(words => {
  const said = one => (one.innerText || one.value || "").replace(/\\s+/g, " ").trim();
  const all = [...document.querySelectorAll("a, button, summary")].filter(one => one.getClientRects().length);
  const found = all.find(one => said(one) === words);
  if (!found) return null;
  found.scrollIntoView({block: "center", behavior: "instant"});
  const room = found.getClientRects()[0];
  return [room.x + room.width / 2, room.y + room.height / 2];
})(%s)
"""
FOCUS = """
(words => {
  const label = [...document.querySelectorAll("label")].find(one => one.innerText.trim().startsWith(words));
  const field = label && document.getElementById(label.htmlFor);
  if (!field) return false;
  field.focus(); field.select();
  return true;
})(%s)
"""


class Chromium:
    """One window; `clicks` is how often somebody has clicked in it."""

    def __init__(self, folder: Path, binary: str) -> None:
        self.clicks = 0
        self._asked = 0
        self._read = b""
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()
        inside = [fcntl.fcntl(one, fcntl.F_DUPFD, 20) for one in (to_read, to_write)]
        command = [binary, *OPTIONS, "--remote-debugging-pipe", f"--user-data-dir={folder}", "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", BEGIN, *map(str, inside), *command],
            pass_fds=inside,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for one in (to_read, to_write, *inside):
            os.close(one)
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    # What somebody does.

    def open(self, url: str) -> None:
        before = self._where()
        self._tell("Page.navigate", url=url)
        self._until_another(before)

    def click(self, words: str) -> None:
        """On what says exactly this, and wait for where it leads."""
        place = self._evaluate(FIND % json.dumps(words))
        assert place is not None, f"nothing to click says {words!r} on {self.url}: {self.text[:1500]}"
        before = self._where()
        self.clicks += 1
        for kind in ("mousePressed", "mouseReleased"):
            given = {"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1}
            self._tell("Input.dispatchMouseEvent", **given)
        self._until_another(before)

    def type(self, label: str, text: str) -> None:
        assert self._evaluate(FOCUS % json.dumps(label)), f"no field is called {label!r} on {self.url}"
        self._tell("Input.insertText", text=text)

    # What somebody sees.

    @property
    def url(self) -> str:
        return str(self._evaluate("location.href"))

    @property
    def text(self) -> str:
        return " ".join(str(self._evaluate("document.body.innerText")).split())

    def in_view(self, selector: str) -> bool:
        """Whether the beginning of something is on the screen as it is scrolled now."""
        place = f"document.querySelector({json.dumps(selector)}).getBoundingClientRect().top"
        return bool(self._evaluate(f"{place} >= -1 && {place} < innerHeight"))

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._to)
        os.close(self._from)

    # How it is told.

    def _where(self) -> list[Any]:
        found: list[Any] = json.loads(self._evaluate(WHERE))
        return found

    def _until_another(self, before: list[Any]) -> None:
        """Another page that is there, or another place on the same one."""

        def elsewhere() -> bool:
            try:
                here = self._where()
            except Gone:
                return False
            return here[:2] != before[:2] and here[2] == "complete"

        until(elsewhere, seconds=PAGE_SECONDS)

    def _evaluate(self, expression: str) -> Any:
        answer = self._tell("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise Gone(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def _tell(self, method: str, **given: Any) -> Any:
        return self._ask(method, session=self._session, **given)

    def _ask(self, method: str, *, session: str | None = None, **given: Any) -> Any:
        self._asked += 1
        message: dict[str, Any] = {"id": self._asked, "method": method, "params": given}
        if session is not None:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            answer = self._next(deadline)
            if answer.get("id") == self._asked:
                if "error" in answer:
                    raise Gone(str(answer["error"]))
                return answer["result"]
        raise AssertionError(f"Chromium did not answer {method}")

    def _next(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._from], [], [], max(deadline - time.monotonic(), 0))
            piece = os.read(self._from, 1 << 16) if ready else b""
            assert piece, "Chromium is silent"
            self._read += piece
        message, _, self._read = self._read.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


class Gone(Exception):
    """The page that was asked is not there any more."""
