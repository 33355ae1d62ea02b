"""A real browser for the few tests that need one: Chromium, spoken to over a pair of pipes."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.waiting import until

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-extensions", "--remote-debugging-pipe", "--mute-audio"),
)
DEADLINE_SECONDS = 30.0
FROM_US, TO_US = 3, 4  # the descriptors that the program reads from and writes to
KEYS = {"Escape": 27, "ArrowLeft": 37, "ArrowRight": 39}


class Chromium:
    """One browser, without a window, that remembers nothing."""

    def __init__(self, program: str, directory: Path) -> None:
        theirs_in, ours_out = _pipe()
        ours_in, theirs_out = _pipe()
        self._out, self._in, self._left, self._number = ours_out, ours_in, b"", 0
        quiet = _out_of_the_way(os.open(os.devnull, os.O_WRONLY))
        self.pid = os.posix_spawn(
            program,
            [program, *OPTIONS, f"--user-data-dir={directory}", "about:blank"],
            os.environ | {"HOME": str(directory)},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, theirs_in, FROM_US),
                (os.POSIX_SPAWN_DUP2, theirs_out, TO_US),
                (os.POSIX_SPAWN_DUP2, quiet, 1),
                (os.POSIX_SPAWN_DUP2, quiet, 2),
            ],
            setsid=True,
        )
        for descriptor in (theirs_in, theirs_out, quiet):
            os.close(descriptor)

    def say(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Do something, and what came of it; whatever else happens meanwhile is not listened to."""
        self._number += 1
        said: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        os.write(self._out, json.dumps(said | ({"sessionId": session} if session else {})).encode() + b"\0")
        deadline = time.monotonic() + DEADLINE_SECONDS
        while True:
            answer = self._next(deadline)
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                found: dict[str, Any] = answer["result"]
                return found

    def _next(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._left:
            ready, _, _ = select.select([self._in], [], [], max(0.0, deadline - time.monotonic()))
            piece = os.read(self._in, 1 << 16) if ready else b""
            if not piece:
                raise TimeoutError("the browser does not answer")
            self._left += piece
        message, _, self._left = self._left.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def tab(self) -> Tab:
        target = self.say("Target.createTarget", url="about:blank")["targetId"]
        attached = self.say("Target.attachToTarget", targetId=target, flatten=True)
        return Tab(self, attached["sessionId"])

    def close(self) -> None:
        os.killpg(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._out)
        os.close(self._in)


class Tab:
    """What somebody sees and does in it."""

    def __init__(self, browser: Chromium, session: str) -> None:
        self.browser = browser
        self.session = session
        self._say("Page.enable")

    def _say(self, method: str, **params: Any) -> dict[str, Any]:
        return self.browser.say(method, self.session, **params)

    def cookie(self, url: str, name: str, value: str) -> None:
        self._say("Network.setCookie", url=url, name=name, value=value, httpOnly=True)

    def open(self, url: str) -> None:
        self._say("Page.navigate", url=url)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def js(self, expression: str) -> Any:
        """What an expression is worth on the page."""
        done = self._say("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, f"{expression}: {done['exceptionDetails']}"
        return done["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait until it is true; while one page gives way to the next there is nothing to ask."""

        def so() -> bool:
            try:
                return self.js(expression) is True
            except AssertionError:
                return False

        try:
            until(so, seconds=DEADLINE_SECONDS)
        except AssertionError:
            raise AssertionError(f"never so: {expression}, at {self.js('location.href')}") from None

    def press(self, key: str) -> None:
        given: dict[str, Any] = {"key": key}
        if key in KEYS:
            given |= {"code": key, "windowsVirtualKeyCode": KEYS[key]}
        else:
            given |= {"text": key}
        self._say("Input.dispatchKeyEvent", type="keyDown", **given)
        self._say("Input.dispatchKeyEvent", type="keyUp", **given | {"text": ""})

    def click(self, selector: str) -> None:
        """In the middle of it, as a hand would."""
        where = self.js(
            f"(() => {{ const one = document.querySelector({json.dumps(selector)});"
            " one.scrollIntoView({block: 'nearest', behavior: 'instant'});"
            " const box = one.getClientRects()[0];"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        at = {"x": where[0], "y": where[1], "button": "left", "clickCount": 1}
        self._say("Input.dispatchMouseEvent", type="mousePressed", **at)
        self._say("Input.dispatchMouseEvent", type="mouseReleased", **at)


@contextmanager
def chromium(directory: Path) -> Iterator[Chromium]:
    """The browser of this machine, if it has one."""
    program = next((found for one in PROGRAMS if (found := shutil.which(one))), None)
    if program is None:
        pytest.skip("there is no Chromium on this machine")
    browser = Chromium(program, directory)
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """An application at an address of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(DEADLINE_SECONDS)
        server.server_close()


def _pipe() -> tuple[int, int]:
    theirs, ours = os.pipe()
    return _out_of_the_way(theirs), _out_of_the_way(ours)


def _out_of_the_way(descriptor: int) -> int:
    """The same under a number that the browser does not want."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return moved
