"""Names: what are the people and workspaces called that facts mention by id?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from domain.fact import Fact
from domain.workspace import Workspace
from projections.projection import Db

CALLED = ("Workspace.Opened", "Workspace.Renamed")  # the facts that say what a workspace is called
NAMELESS = "a workspace"

Texts = Callable[[list[tuple[UUID, str]]], Mapping[tuple[UUID, str], str]]
NamesGiven = dict[UUID, list[tuple[int, str]]]  # position and digest of each name, in order
People = Callable[[list[UUID]], Mapping[UUID, Any]]  # what has a `name`


class Names(Protocol):
    """Whoever can put names to ids; they lie in the vault, never in a fact."""

    def person(self, person_id: UUID) -> str: ...
    def workspace(self, workspace_id: UUID) -> str: ...
    def text(self, workspace_id: UUID, digest: str) -> str: ...
    def actor(self, actor: str) -> str: ...


def person_in(actor: str) -> UUID | None:
    """The person an actor is, if it is one."""
    kind, _, known_as = actor.partition(":")
    return UUID(known_as) if kind == "person" else None


def actor_words(actor: str, person: Callable[[UUID], str]) -> str:
    """An actor as a sentence begins with it."""
    if (person_id := person_in(actor)) is not None:
        return person(person_id)
    kind, _, known_as = actor.partition(":")
    return {
        "stripe": "Stripe",
        "operator": "Whoever runs this Heartwood",
        "clock": "Heartwood’s clock",
        "key": f"API key {known_as}",
        "staff": f"{known_as} of Heartwood’s staff",
    }.get(kind, actor)


@dataclass
class Mentions:
    """Names that are not known yet: what was asked for is noted, to be looked up all at once."""

    people: set[UUID] = field(default_factory=set)
    workspaces: set[UUID] = field(default_factory=set)
    texts: set[tuple[UUID, str]] = field(default_factory=set)

    def person(self, person_id: UUID) -> str:
        self.people.add(person_id)
        return ""

    def workspace(self, workspace_id: UUID) -> str:
        self.workspaces.add(workspace_id)
        return ""

    def text(self, workspace_id: UUID, digest: str) -> str:
        self.texts.add((workspace_id, digest))
        return ""

    def actor(self, actor: str) -> str:
        return actor_words(actor, self.person)

    def looked_up(self, *, people: People, texts: Texts, digests: Mapping[UUID, str]) -> KnownNames:
        """The names of all that was mentioned; `digests` says how workspaces are called."""
        wanted = {(one, digests[one]) for one in self.workspaces if one in digests} | self.texts
        return KnownNames(
            people={one: found.name for one, found in people(sorted(self.people)).items()},
            texts=dict(texts(sorted(wanted))),
            digests=dict(digests),
        )


@dataclass(frozen=True, kw_only=True)
class KnownNames:
    people: Mapping[UUID, str]
    texts: Mapping[tuple[UUID, str], str]
    digests: Mapping[UUID, str]

    def person(self, person_id: UUID) -> str:
        return self.people.get(person_id, "someone unknown")

    def workspace(self, workspace_id: UUID) -> str:
        digest = self.digests.get(workspace_id)
        return NAMELESS if digest is None else self.text(workspace_id, digest)

    def text(self, workspace_id: UUID, digest: str) -> str:
        return self.texts.get((workspace_id, digest), NAMELESS)

    def actor(self, actor: str) -> str:
        return actor_words(actor, self.person)


@dataclass(frozen=True, kw_only=True)
class AsOf:
    """Names as they were at a position of the log: a later name belongs to what came later."""

    names: Names
    given: NamesGiven
    position: int

    def person(self, person_id: UUID) -> str:
        return self.names.person(person_id)

    def workspace(self, workspace_id: UUID) -> str:
        given = self.given.get(workspace_id)
        if not given:
            return NAMELESS
        until = bisect_right(given, self.position, key=lambda one: one[0])
        return self.names.text(workspace_id, given[max(until - 1, 0)][1])

    def text(self, workspace_id: UUID, digest: str) -> str:
        return self.names.text(workspace_id, digest)

    def actor(self, actor: str) -> str:
        return self.names.actor(actor)


def digests_of(facts: Iterable[Fact]) -> dict[UUID, str]:
    """What each workspace is called after these facts."""
    return {
        fact.stream: fact.event.name_digest
        for fact in facts
        if isinstance(fact.event, Workspace.Opened | Workspace.Renamed)
    }


def digests_in_tree(db: Db, tree_id: UUID) -> dict[UUID, str]:
    """What each workspace of a tree is called, or was when it left: what came then is its own."""
    rows = db.execute(
        "SELECT DISTINCT ON (workspace_id) workspace_id, fields->>'name_digest' AS name_digest"
        " FROM timeline JOIN (SELECT workspace_id, max(position) AS last FROM timeline"
        "   WHERE tree_id = %s AND behind = 0 AND workspace_id IS NOT NULL GROUP BY workspace_id) seen"
        " USING (workspace_id)"
        " WHERE name = ANY(%s) AND position <= last ORDER BY workspace_id, position DESC",
        (tree_id, list(CALLED)),
    )
    return {row["workspace_id"]: row["name_digest"] for row in rows}


def names_given(db: Db, workspace_ids: Iterable[UUID]) -> NamesGiven:
    rows = db.execute(
        "SELECT workspace_id, position, fields->>'name_digest' AS name_digest FROM timeline"
        " WHERE workspace_id = ANY(%s) AND name = ANY(%s) ORDER BY position",
        (list(workspace_ids), list(CALLED)),
    )
    found: NamesGiven = {}
    for row in rows:
        found.setdefault(row["workspace_id"], []).append((row["position"], row["name_digest"]))
    return found


def members_ever_in(db: Db, workspace_id: UUID) -> set[UUID]:
    """Who is or once was a member of a workspace."""
    rows = db.execute(
        "SELECT coalesce(fields->>'owner_id', fields->>'person_id') AS person_id FROM timeline"
        " WHERE workspace_id = %s AND name IN ('Workspace.Opened', 'Workspace.MemberJoined')",
        (workspace_id,),
    )
    return {UUID(row["person_id"]) for row in rows}


def strangers_to(db: Db, workspace_ids: Iterable[UUID]) -> set[UUID]:
    """Who was invited to one of these workspaces, and never was of any, nor did anything there."""
    rows = db.execute(
        "SELECT fields->>'person_id' AS person_id FROM timeline"
        " WHERE workspace_id = ANY(%(those)s) AND name = 'Workspace.MemberInvited'"
        " EXCEPT SELECT coalesce(fields->>'owner_id', fields->>'person_id') FROM timeline"
        " WHERE workspace_id = ANY(%(those)s) AND name IN ('Workspace.Opened', 'Workspace.MemberJoined')"
        " EXCEPT SELECT substr(actor, length('person:') + 1) FROM timeline"
        " WHERE workspace_id = ANY(%(those)s)",
        {"those": list(workspace_ids)},
    )
    return {UUID(row["person_id"]) for row in rows}


def trees_ever_of(db: Db, workspace_id: UUID) -> set[UUID]:
    """Which trees a workspace is or once was part of."""
    rows = db.execute(
        "SELECT DISTINCT tree_id FROM timeline WHERE workspace_id = %s AND tree_id IS NOT NULL",
        (workspace_id,),
    )
    return {row["tree_id"] for row in rows}


def actors_in(db: Db, tree_id: UUID) -> list[str]:
    """Who has done something in a tree."""
    rows = db.execute("SELECT DISTINCT actor FROM timeline WHERE tree_id = %s ORDER BY actor", (tree_id,))
    return [row["actor"] for row in rows]
