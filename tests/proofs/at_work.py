"""People at work on a Heartwood that is rebuilt and killed: what they saw, sent, and were not answered."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from threading import Event, Lock
from typing import Any

from tests.proofs.groves import Grown
from tests.proofs.over_http import NO_ANSWER, HttpBrowser
from tests.proofs.sights import Half, Pages, Sight

INVITED_MAX = 90  # a person may invite so many in an hour
RENAMED_PER_INVITED = 3
AGAIN_SECONDS = 0.1
AFTER_SECONDS = 1.0  # a request that was on its way is answered badly at the latest by then


@dataclass
class Unwell:
    """When something had just been killed: what is not answered then is not held against anybody."""

    spans: list[list[float]] = field(default_factory=list)

    @contextmanager
    def because_of_a_kill(self) -> Iterator[None]:
        span = [time.monotonic(), float("inf")]
        self.spans.append(span)
        try:
            yield
        finally:
            span[1] = time.monotonic() + AFTER_SECONDS

    def excuses(self, began_at: float, ended_at: float) -> bool:
        return any(began_at <= until and ended_at >= since for since, until in self.spans)


@dataclass(frozen=True)
class Unanswered:
    began_at: float
    ended_at: float
    what: str


@dataclass
class AtWork:
    """`halves` is what was shown of a tree and not all of it; there is never an excuse for that."""

    port: int
    session: str
    trees: list[Grown]
    unwell: Unwell = field(default_factory=Unwell)
    looks: Counter[str] = field(default_factory=Counter)
    halves: list[str] = field(default_factory=list)
    unanswered: list[Unanswered] = field(default_factory=list)
    renamed: int = 0
    invited: list[str] = field(default_factory=list)  # addresses
    lock: Lock = field(default_factory=Lock)

    def read(self, stop: Event) -> None:
        """Pages of one tree after the other, each of which shows the whole tree whenever it is answered."""
        browser = HttpBrowser(self.port, self.session)
        pages = Pages(lambda _: browser)  # type: ignore[arg-type,return-value]
        looks = {one: getattr(pages, one) for one in ("overview", "workspaces", "billing", "child")}
        for tree, (name, look) in zip(cycle(self.trees), cycle(looks.items()), strict=False):
            if stop.is_set():
                return
            self._look(browser, tree, name, look, stop)

    def _look(self, browser: HttpBrowser, tree: Grown, name: str, look: Any, stop: Event) -> None:
        try:
            sight = look(tree)
        except Half as half:
            self.halves.append(f"{name}: {half}")
        except (AssertionError, *NO_ANSWER) as error:  # an answer other than 200, or none
            ended_at = time.monotonic()
            self.unanswered.append(Unanswered(browser.began_at, ended_at, f"{name}: {error!r}"[:2_000]))
            stop.wait(AGAIN_SECONDS)
        else:
            with self.lock:
                self.looks[name] += 1
            if sight is not Sight.WHOLE:
                self.halves.append(f"{name}: {sight}")

    def write(self, stop: Event) -> None:
        """Workspaces get other names, and people are invited, each form once however often it is sent."""
        browser = HttpBrowser(self.port, self.session)
        for number, tree in zip(count(1), cycle(self.trees), strict=False):
            if stop.is_set():
                return
            place = f"/w/{tree.child_ids[number % len(tree.child_ids)]}"
            if number % (RENAMED_PER_INVITED + 1) == 0 and len(self.invited) < INVITED_MAX:
                address, action = f"guest.{number}@example.com", f"{place}/members/invitations"
                filled = {"email": address, "name": "", "role": "viewer"}
                if browser.sent(f"{place}/members", action, stop, **filled):
                    self.invited.append(address)
            elif browser.sent(f"{place}/settings", f"{place}/settings/name", stop, name=f"Name {number}"):
                self.renamed += 1

    def not_excused(self) -> list[Unanswered]:
        return [one for one in self.unanswered if not self.unwell.excuses(one.began_at, one.ended_at)]
