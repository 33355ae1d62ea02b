"""The probes: every route as everybody, at what is theirs, at what is others', and at what never was."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from werkzeug.routing import Rule

from tests.proofs.isolation.asking import EVERYBODY, NOBODY, Asked, Asking, Told, never
from tests.proofs.isolation.cast import PLACES, ROLES, first_of, led, standings_of
from tests.proofs.isolation.forms import FIELDS, FORMS
from tests.proofs.isolation.ground import Ground
from tests.proofs.isolation.readers import leaked
from tests.proofs.isolation.sent import HEADERS, METHODS, QUERY, UNASKED
from tests.proofs.isolation.table import EXEMPT, GATES, NEEDS, Gate
from tests.proofs.isolation.targets import (
    MALFORMED,
    filled,
    kinds_of,
    nothing,
    of_nothing,
    path_of,
    roots_of,
    thing,
)

LONG = os.environ.get("HEARTWOOD_LONG") == "1"
EACH = 1 if LONG else 4  # of the places that they are nothing to, everybody tries every so many'th
OTHERS_OF_EACH = None if LONG else 1  # of each name that is read or not, whose ids are sent
ASKERS_OF_EACH = None if LONG else 2  # who are let in, and send ids beside those of the address
ODD = EVERYBODY if LONG else ("signed out", "eve", "ana")  # who send what cannot be an id
MISSES = EVERYBODY if LONG else ("signed out", "vera")  # who try methods that a route does not have
FOUND = (200, 302, 303)


@dataclass
class Matrix:
    """Asks, and notes what is wrong; `found` are the routes that somebody was let in at."""

    ground: Ground
    asking: Asking
    wrong: list[str] = field(default_factory=list)
    found: set[str] = field(default_factory=set)
    by_position: Counter[str] = field(default_factory=Counter)

    def routes(self) -> Iterator[tuple[Rule, str]]:
        """Every route for people and its own methods; programs have keys instead of a session."""
        for rule in self.ground.house.app.url_map.iter_rules():
            if rule.endpoint in EXEMPT or rule.endpoint.startswith("api."):
                continue
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method

    def run(self) -> None:
        sessions = {place: self.asking.sessions.get(first_of(place) or "", "") for place in PLACES}
        self.ground.things["session"] = sessions
        for rule, method in self.routes():
            gate = GATES[rule.endpoint]
            for who in EVERYBODY:
                self.path(rule, method, gate, who)
            if method == "GET":
                self.beside(rule, gate)
            for name in FORMS.get(rule.endpoint, {}).keys() & FIELDS.keys() if method == "POST" else ():
                self.inside_a_form(rule, gate, name)
        for rule in {rule.rule: rule for rule, _ in self.routes()}.values():
            self.methods(rule)

    # Positions.

    def path(self, rule: Rule, method: str, gate: Gate, who: str) -> None:
        """What an address names first, whoever's it is."""
        missing = self.ask("path", who, self._asked(rule, method, of_nothing(rule)))
        if kinds_of(rule) and not gate.public:
            self.expect(
                missing.status == (302 if who in NOBODY else 404), who, rule, method, "never", missing
            )
        for number, place in enumerate(roots_of(rule), EVERYBODY.index(who)):
            ids = filled(self.ground, rule, place)
            if number % EACH and not admits(gate, who, place) and not standings_of(who, place):
                continue
            if admits(gate, who, place):
                self._let_in(rule, method, gate, who, place, ids)
            elif kinds_of(rule) and not by_link(rule):
                told = self.ask("path", who, self._asked(rule, method, ids))
                self.expect(told == missing, who, rule, method, place, told, missing)
        for text in MALFORMED if kinds_of(rule) and who in ODD else ():
            ids = dict.fromkeys(kinds_of(rule), text)
            told = self.ask("path", who, self._asked(rule, method, ids))
            self.expect(300 <= told.status < 500 or gate.public, who, rule, method, text[:40], told)

    def _let_in(self, rule: Rule, method: str, gate: Gate, who: str, place: str, ids: dict[str, str]) -> None:
        """Their own; then what is inside the address, which may be somebody else's."""
        if method == "GET":
            told = self.ask("path", who, self._asked(rule, method, ids))
            self.expect(told.status < 500, who, rule, method, place, told)
            if told.status in FOUND and not str(dict(told.headers).get("Location")).startswith("/sign-in"):
                self.found.add(rule.endpoint)
        for name, kind in list(kinds_of(rule).items())[1:]:
            missing = self.ask("inside", who, self._asked(rule, method, ids | {name: nothing(kind)}))
            for other in PLACES:
                foreign = thing(self.ground, kind, other)
                if foreign is None or self._is_known(who, kind, place, other):
                    continue
                told = self.ask("inside", who, self._asked(rule, method, ids | {name: foreign}))
                self.expect(told == missing, who, rule, method, f"{place} with {other}", told, missing)

    def _is_known(self, who: str, kind: str, place: str, other: str) -> bool:
        """Whether what is of the other workspace is theirs, or of this one, too."""
        if kind == "workspace":
            return admits(GATES["pages.overview"], who, other)
        if kind == "version" or (kind == "position" and led(who, other)):
            return True
        return other == place or (kind == "person" and (first_of(other), place) in ROLES)

    def inside_a_form(self, rule: Rule, gate: Gate, name: str) -> None:
        """Ids in a form, sent by who is let in: others' are as those that never were."""
        kind = FIELDS[name]
        for who, place in [(who, at) for who in EVERYBODY for at in roots_of(rule) if admits(gate, who, at)]:
            ids = filled(self.ground, rule, place)
            missing = self.ask("form", who, self._form(rule, ids, name, nothing(kind)))
            for other in PLACES:
                foreign = thing(self.ground, kind, other)
                if foreign is None or self._is_known(who, kind, place, other):
                    continue
                told = self.ask("form", who, self._form(rule, ids, name, foreign))
                self.expect(told == missing, who, rule, "POST", f"{name} of {other}", told, missing)

    def _form(self, rule: Rule, ids: dict[str, str], name: str, value: str) -> Asked:
        fields = FORMS[rule.endpoint] | {name: value}
        return Asked(method="POST", path=path_of(rule, ids), ids=(*ids.values(), value), fields=fields)

    def beside(self, rule: Rule, gate: Gate) -> None:
        """Ids behind the ? and in headers, sent by who is let in, change nothing, whosever they are."""
        let_in = [
            (who, place)
            for who in EVERYBODY
            for place in roots_of(rule)[: None if kinds_of(rule) else 1]
            if admits(gate, who, place) and not (gate.public and who not in ("signed out", "eve"))
        ]
        for who, place in islice({who: (who, at) for who, at in let_in}.values(), ASKERS_OF_EACH):
            if by_link(rule):
                continue
            for position, names in (("query", {**QUERY, **UNASKED}), ("header", HEADERS)):
                for name, kind in names.items():
                    self._beside(rule, who, place, position, name, kind)

    def _beside(self, rule: Rule, who: str, place: str, position: str, name: str, kind: str | None) -> None:
        if who == "sam" and rule.endpoint == "pages.support":
            return  # support looks at any tree by its id, and at nobody's name
        ids = filled(self.ground, rule, place)
        missing = self.ask(position, who, self._with(rule, ids, position, name, nothing(kind or "")))
        if kind is None:
            self.expect(missing.status < 500, who, rule, "GET", name, missing)
            return
        others = (
            found
            for other in reversed(PLACES)
            if not admits(GATES["pages.overview"], who, other) and (found := thing(self.ground, kind, other))
        )
        for foreign in islice(others, OTHERS_OF_EACH):
            told = self.ask(position, who, self._with(rule, ids, position, name, foreign))
            self.expect(told == missing, who, rule, "GET", f"{position} {name}", told, missing)

    def methods(self, rule: Rule) -> None:
        """What a route does not do is told alike, wherever its address leads."""
        rules = [one for one, _ in self.routes() if one.rule == rule.rule]
        taken = {method for one in rules for method in (one.methods or set())} - {"OPTIONS"}
        for method in METHODS:
            if method in taken:
                continue
            for who in MISSES:
                missing = self.ask("method", who, self._asked(rule, method, of_nothing(rule)))
                self.expect(missing.status < 500, who, rule, method, "never", missing)
                for place in roots_of(rule)[::EACH] if kinds_of(rule) else ():
                    told = self.ask(
                        "method", who, self._asked(rule, method, filled(self.ground, rule, place))
                    )
                    self.expect(told == missing, who, rule, method, place, told, missing)

    # Asking.

    def ask(self, position: str, who: str, asked: Asked) -> Told:
        self.by_position[position] += 1
        told, words = self.asking.ask(who, asked)
        if secrets := leaked(who, words):
            self.wrong.append(
                f"{who} reads {sorted(secrets)}: {asked.method} {asked.path} {dict(asked.query)}"
            )
        if told.status == 403 and position != "form":  # where they are let in, it is about their own role
            self.wrong.append(f"{who} is told that there is something: {asked.method} {asked.path}")
        return told

    def _asked(self, rule: Rule, method: str, ids: dict[str, str]) -> Asked:
        """A form is filled in well, and names what the one who sends it may well see."""
        fields = FORMS.get(rule.endpoint, {}) | {"workspace_id": never()} if method == "POST" else None
        sent = (*ids.values(), *((fields or {}).values()))
        query = NEEDS.get(rule.endpoint, {})
        return Asked(method=method, path=path_of(rule, ids), ids=sent, fields=fields, query=query)

    def _with(self, rule: Rule, ids: dict[str, str], position: str, name: str, value: str) -> Asked:
        needs = NEEDS.get(rule.endpoint, {})
        more = {"query": needs | {name: value}} if position == "query" else {"headers": {name: value}}
        return Asked(
            method="GET", path=path_of(rule, ids), ids=(*ids.values(), value), **{"query": needs} | more
        )

    def expect(
        self, so: bool, who: str, rule: Rule, method: str, what: str, told: Told, missing: Told | None = None
    ) -> None:
        if not so:
            instead = f"\n      for what never was: {missing}" if missing else ""
            self.wrong.append(f"{who}: {method} {rule.rule}, {what}: {told}{instead}")


def admits(gate: Gate, who: str, place: str) -> bool:
    return gate.admits(who, place) if gate.public or who not in NOBODY else False


def by_link(rule: Rule) -> bool:
    """Whether the address itself is the proof, so that a whole one is no foreign one."""
    return {"mac", "link"} & {*kinds_of(rule).values()} != set()
