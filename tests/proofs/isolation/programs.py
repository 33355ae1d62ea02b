"""The probes of the API: every route with every kind of key, and ids of others in each place for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.routing import Rule

from tests.proofs.isolation.asking import Asked, Asking, Told
from tests.proofs.isolation.cast import ANCHORS, CHILDREN, DELETED, ENDED, PLACES, SCOPES
from tests.proofs.isolation.customers import lives_in
from tests.proofs.isolation.ground import Ground
from tests.proofs.isolation.matrix import LONG
from tests.proofs.isolation.readers import leaked_to_key
from tests.proofs.isolation.sent import HEADERS, QUERY, UNASKED
from tests.proofs.isolation.targets import filled, kinds_of, nothing, of_nothing, path_of, thing
from web.api.operations import OPERATIONS

# Keys that work, and the workspace that each speaks for; those of every workspace beside them.
KEPT = {"test": "child", "tracks only": "child", "successor": "child"}
OF_KEPT = {"tracks only": ("track",)}  # of the others kept: to track and to read
OVER = ("revoked", "replaced", DELETED)  # genuine, and refused
OF_TREES = {"api.tree", "api.tree_usage", "api.customers", "api.add_customer"}
OF_TREES |= {"api.credits", "api.credit_lines"}  # for the key of an anchor only
NEEDED = {
    "api.compare_moments": {"from": "1"},
    "api.available_phone_numbers": {"country": "DE"},
}  # without which a route answers nothing else
# What every workspace of the ground is refused: it has all knowledge bases of its plan, which has no calls,
# and who leads an agency has named a workspace that has a customer.
REFUSED = {"api.create_knowledge_base": 409, "api.buy_phone_number": 403, "api.add_customer": 409}
REFUSED |= {"api.create_action": 409, "api.create_widget": 422}  # it has all actions; nobody has that agent
REFUSED |= {"api.make_agent": 409, "api.write_prompt": 409}  # it has all agents; written on meanwhile
REFUSED |= {"api.tell_call": 403, "api.tell_messages": 403}
# Done to its own by tests/web/api, so that it is there for the probes that follow; and what needs an agent.
TAKES_AWAY = {"api.delete_knowledge_base", "api.remove_document", "api.release_phone_number"}
TAKES_AWAY |= {"api.assign_phone_number", "api.remove_widget", "api.delete_action", "api.delete_agent"}
NEVER = f"hh_live_aaaaaaaa_{'b' * 48}"


def root(place: str) -> str:
    """The anchor of the tree that a workspace is of, or was."""
    return CHILDREN.get(place, place)


def forged(key: str) -> Iterator[str]:
    """What somebody may try who knows of a key all but its secret."""
    prefix, mode, key_id, secret = key.split("_")
    yield f"{prefix}_{mode}_{key_id}_{'b' * 48}"
    yield f"{prefix}_{'test' if mode == 'live' else 'live'}_{key_id}_{secret}"
    yield f"{prefix}_{mode}_{key_id}_{secret[:-1]}"
    yield f"{prefix}_{mode}_{key_id}_{secret[:-1]}{'a' if secret[-1] != 'a' else 'b'}"
    yield f"{prefix}_{mode}_{key_id}_{secret}x"
    yield f"{prefix}_{mode}_{key_id}_"


@dataclass
class Programs:
    ground: Ground
    asking: Asking
    wrong: list[str] = field(default_factory=list)
    found: set[str] = field(default_factory=set)
    by_position: Counter[str] = field(default_factory=Counter)

    def routes(self) -> Iterator[tuple[Rule, str]]:
        for rule in self.ground.house.app.url_map.iter_rules():
            if rule.endpoint.startswith("api."):
                yield rule, next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))

    def run(self) -> None:
        for rule, method in self.routes():
            self.without_a_key(rule, method)
            missing_tree = self.ask("key", "finns", rule, method) if rule.endpoint in OF_TREES else None
            for label in (*PLACES, *KEPT):
                if label != DELETED:
                    self.with_a_key(rule, method, label, missing_tree)

    def without_a_key(self, rule: Rule, method: str) -> None:
        """Whoever has no whole key learns nothing of whether there is one."""
        missing = self.ask(None, f"Bearer {NEVER}", rule, method)
        for label, key in self.ground.keys.items():
            for text in forged(key):
                told = self.ask(None, f"Bearer {text}", rule, method)
                self.expect(told == missing, label, rule, "forged", told, missing)
        none = self.ask(None, None, rule, method)
        cookie = {"Cookie": self.asking.cookies["ana"], "X-Api-Key": self.ground.keys["anchor"]}
        told = self.ask(None, None, rule, method, headers=cookie)
        self.expect(told == none and none.status == 401, "ana", rule, "a session", told, none)
        for text in ("Bearer", "Bearer ", f"Basic {self.ground.keys['anchor']}", "Bearer \x00", "Bearer ñ"):
            told = self.ask(None, text, rule, method)
            self.expect(told.status == 401, text, rule, "no key", told)
        for label in OVER:
            told = self.ask(None, f"Bearer {self.ground.keys[label]}", rule, method)
            self.expect(told.status == 401, label, rule, "over", told)

    def with_a_key(self, rule: Rule, method: str, label: str, missing_tree: Told | None) -> None:
        told = self.ask("key", label, rule, method)
        scopes = OF_KEPT.get(label, ("track", "read")) if label in KEPT else SCOPES
        place = KEPT.get(label, label)
        if OPERATIONS[rule.endpoint.removeprefix("api.")].scope not in scopes:
            self.expect(told.status == 403, label, rule, "without the scope", told)
        elif missing_tree and (place not in ANCHORS or place == ENDED):
            self.expect(told == missing_tree, label, rule, "no tree", told, missing_tree)
            self.expect(told.status == 404, label, rule, "no tree", told)
        elif kinds_of(rule):
            self.expect(told.status == 404, label, rule, "never", told)
            self._inside(rule, method, label, place, told)
        else:
            taken = (REFUSED[rule.endpoint],) if rule.endpoint in REFUSED else (200, 201)
            self.expect(told.status in taken, label, rule, "its own", told)
            self.found.add(rule.endpoint)
        for position, names in (("query", {**QUERY, **UNASKED}), ("header", HEADERS), ("body", UNASKED)):
            if position != "body" or method == "POST":
                for name, kind in names.items():
                    self._beside(rule, method, label, position, name, kind)

    def _inside(self, rule: Rule, method: str, label: str, place: str, missing: Told) -> None:
        """What is inside the address: somebody else's is as what never was, also within the same tree."""
        for other in PLACES:
            ids = filled(self.ground, rule, other)
            if other != place:
                told = self.ask("key", label, rule, method, position="inside", path=ids)
                self.expect(told == missing, label, rule, f"of {other}", told, missing)
            elif rule.endpoint not in TAKES_AWAY:
                told = self.ask("key", label, rule, method, position="inside", path=ids)
                taken = (REFUSED[rule.endpoint],) if rule.endpoint in REFUSED else (200, 201)
                self.expect(told.status in taken, label, rule, "its own", told)
        self.found.add(rule.endpoint)

    def _beside(
        self, rule: Rule, method: str, label: str, position: str, name: str, kind: str | None
    ) -> None:
        """Others' ids, where this route reads nothing or something else: they are as ids that never were."""
        own, is_key = KEPT.get(label, label), name == "Idempotency-Key"
        missing = self._with(rule, method, label, position, name, nothing(kind or ""))
        others = [one for one in PLACES if root(one) != root(own)]
        if is_key and label in KEPT:
            return  # what other keys of this workspace have sent is not foreign to it
        for other in others[:: 1 if LONG else 4] if kind else ():
            foreign = f"first-of-{other}" if is_key else thing(self.ground, kind or "", other)
            if foreign is None:
                continue
            told = self._with(rule, method, label, position, name, foreign)
            self.expect(told == missing, label, rule, f"{position} {name} of {other}", told, missing)

    def _with(self, rule: Rule, method: str, label: str, position: str, name: str, value: str) -> Told:
        more: Any = {position if position == "query" else "headers": {name: value}}
        if position == "body":
            more = {"body": {name: value}}
        return self.ask("key", label, rule, method, position=position, ids=(value,), **more)

    def ask(
        self,
        kind: str | None,
        key: str | None,
        rule: Rule,
        method: str,
        *,
        position: str = "key",
        ids: tuple[str, ...] = (),
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, str] | None = None,
        path: dict[str, str] | None = None,
    ) -> Told:
        """With the key of this label, if `kind` says so; else with these words, or with none."""
        self.by_position[position] += 1
        text = f"Bearer {self.ground.keys[str(key)]}" if kind else key
        operation = OPERATIONS[rule.endpoint.removeprefix("api.")]
        path = path or of_nothing(rule)
        first = next(iter((operation.bodies or {}).values()), {})
        if rule.endpoint == "api.add_customer":  # in a workspace that has one, so that no tree fills up
            first = first | {"workspace_id": lives_in(self.ground, root(KEPT.get(str(key), str(key))))}
        asked = Asked(
            method=method,
            path=path_of(rule, path),
            ids=(*ids, *path.values()),
            query={**NEEDED.get(rule.endpoint, {}), **(query or {})},
            json=first | (body or {}) if operation.body else None,
            headers=headers or {},
        )
        told, words = self.asking.ask_with_key(text, asked)
        place = KEPT.get(str(key), str(key)) if kind else ""
        if secrets := leaked_to_key(place, words):
            self.wrong.append(f"the key of {key} reads {sorted(secrets)}: {asked}")
        if told.status >= 500:
            self.wrong.append(f"{key}: {asked}: {told}")
        return told

    def expect(
        self, so: bool, who: str, rule: Rule, what: str, told: Told, missing: Told | None = None
    ) -> None:
        if not so:
            instead = f"\n      for what never was: {missing}" if missing else ""
            self.wrong.append(f"{who}: {rule.rule}, {what}: {told}{instead}")
