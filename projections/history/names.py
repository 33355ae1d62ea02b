"""Names: what are the people and workspaces called that facts mention by id?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, LiteralString, Protocol
from uuid import UUID

from domain.fact import Fact
from domain.workspace import Workspace
from projections.projection import Db
from projections.timeline_page import values_of_tree

NAMELESS = "a workspace"
LATEST = 2**62  # a position as of which things are called as they are in the end
ACTS_MAX = 10_000
KNOWN_MAX = 500
CAME_MAX = 10_000
# The fact that says what a workspace is called at a position; each name has an index of its own to follow.
CALLED: LiteralString = """
    SELECT * FROM (
        (SELECT position, fields->>'name_digest' AS name_digest FROM timeline
          WHERE workspace_id = {workspace} AND name = 'Workspace.Opened' AND position <= {until}
          ORDER BY position DESC LIMIT 1)
        UNION ALL
        (SELECT position, fields->>'name_digest' FROM timeline
          WHERE workspace_id = {workspace} AND name = 'Workspace.Renamed' AND position <= {until}
          ORDER BY position DESC LIMIT 1)) called
     ORDER BY position DESC LIMIT 1
"""

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
        f"""
        SELECT part.workspace_id, one.name_digest
          FROM (SELECT DISTINCT coalesce(fields->>'child_id', fields->>'anchor_id')::uuid AS workspace_id
                  FROM timeline WHERE tree_id = %(tree_id)s AND name IN ('Tree.Founded', 'Tree.ChildAdded')
               ) part
         CROSS JOIN LATERAL (
               SELECT position FROM timeline WHERE workspace_id = part.workspace_id
                  AND tree_id = %(tree_id)s AND behind = 0 ORDER BY position DESC LIMIT 1) last
         CROSS JOIN LATERAL ({CALLED.format(workspace="part.workspace_id", until="last.position")}) one
        """,
        {"tree_id": tree_id},
    )
    return {row["workspace_id"]: row["name_digest"] for row in rows}


def names_given(db: Db, asked: Iterable[tuple[UUID, int]]) -> NamesGiven:
    """What each workspace was called first, and what it was called at the positions that are asked for."""
    those = sorted(set(asked))
    rows = db.execute(
        f"""
        SELECT asked.workspace_id, one.position, one.name_digest
          FROM unnest(%(workspaces)s::uuid[], %(positions)s::bigint[]) AS asked (workspace_id, until),
               LATERAL ({CALLED.format(workspace="asked.workspace_id", until="asked.until")}) one
         UNION
        SELECT asked.workspace_id, one.position, one.name_digest
          FROM (SELECT DISTINCT unnest(%(workspaces)s::uuid[]) AS workspace_id) asked,
               LATERAL (SELECT position, fields->>'name_digest' AS name_digest FROM timeline
                         WHERE workspace_id = asked.workspace_id AND name = 'Workspace.Opened'
                         ORDER BY position LIMIT 1) one
         ORDER BY position
        """,
        {"workspaces": [one for one, _ in those], "positions": [until for _, until in those]},
    )
    found: NamesGiven = {}
    for row in rows:
        found.setdefault(row["workspace_id"], []).append((row["position"], row["name_digest"]))
    return found


def members_ever_in(db: Db, workspace_id: UUID) -> set[UUID]:
    """Who is or once was a member of a workspace; of very many who came, the last ones."""
    return _named_by(db, [workspace_id], ("Workspace.Opened", "Workspace.MemberJoined"), CAME_MAX)


def strangers_to(db: Db, workspace_ids: Iterable[UUID], people: Iterable[UUID]) -> set[UUID]:
    """Which of these people were invited to one of the workspaces, and never were of any, nor did anything
    there; what somebody did long before the newest of their acts is not looked for."""
    rows = db.execute(
        """
        SELECT person_id FROM unnest(%(people)s::uuid[]) AS asked (person_id)
         WHERE EXISTS (SELECT FROM timeline t WHERE t.person_id = asked.person_id
                          AND name = 'Workspace.MemberInvited' AND workspace_id = ANY(%(those)s))
           AND NOT EXISTS (SELECT FROM timeline t WHERE t.person_id = asked.person_id
                              AND name IN ('Workspace.Opened', 'Workspace.MemberJoined')
                              AND workspace_id = ANY(%(those)s))
           AND NOT EXISTS (SELECT FROM (SELECT workspace_id FROM timeline
                                         WHERE actor = 'person:' || asked.person_id
                                         ORDER BY position DESC, behind DESC LIMIT %(most)s) act
                            WHERE workspace_id = ANY(%(those)s))
        """,
        {"people": list(people), "those": list(workspace_ids), "most": ACTS_MAX},
    )
    return {row["person_id"] for row in rows}


def trees_ever_of(db: Db, workspace_id: UUID) -> set[UUID]:
    """Which trees a workspace is or once was part of: through an index, from each one to the next."""
    rows = db.execute(
        "WITH RECURSIVE found (tree_id) AS ("
        " (SELECT tree_id FROM timeline WHERE workspace_id = %(id)s AND tree_id IS NOT NULL"
        "   ORDER BY tree_id LIMIT 1)"
        " UNION ALL SELECT (SELECT t.tree_id FROM timeline t WHERE workspace_id = %(id)s"
        "   AND t.tree_id > found.tree_id ORDER BY t.tree_id LIMIT 1) FROM found WHERE tree_id IS NOT NULL)"
        " SELECT tree_id FROM found WHERE tree_id IS NOT NULL",
        {"id": workspace_id},
    )
    return {row["tree_id"] for row in rows}


def actors_in(db: Db, tree_id: UUID) -> list[str]:
    """Who has done something in a tree."""
    return values_of_tree(db, "actor", tree_id)


def people_in(db: Db, workspace_ids: Iterable[UUID]) -> set[UUID]:
    """Who was ever invited to one of these workspaces, or was of it; of very many, the last ones."""
    names = ("Workspace.Opened", "Workspace.MemberInvited", "Workspace.MemberJoined")
    return _named_by(db, workspace_ids, names, KNOWN_MAX)


def _named_by(db: Db, workspace_ids: Iterable[UUID], names: Iterable[str], most: int) -> set[UUID]:
    """Whom the newest facts of these kinds name, of each kind in each workspace so many."""
    rows = db.execute(
        "SELECT DISTINCT person_id FROM unnest(%s::uuid[]) AS of (id), unnest(%s::text[]) AS called (name),"
        " LATERAL (SELECT person_id FROM timeline t WHERE t.workspace_id = of.id AND t.name = called.name"
        "  ORDER BY position DESC, behind DESC LIMIT %s) newest WHERE person_id IS NOT NULL",
        (list(workspace_ids), list(names), most),
    )
    return {row["person_id"] for row in rows}


def names_within(db: Db, tree_id: UUID, workspace_ids: Iterable[UUID]) -> list[tuple[UUID, str]]:
    """By digests, the last names that facts of a tree gave these workspaces."""
    rows = db.execute(
        "SELECT DISTINCT id, name_digest FROM unnest(%s::uuid[]) AS of (id),"
        " unnest(ARRAY['Workspace.Opened', 'Workspace.Renamed']) AS called (name),"
        " LATERAL (SELECT tree_id, fields->>'name_digest' AS name_digest FROM timeline t"
        "  WHERE t.workspace_id = of.id AND t.name = called.name"
        "  ORDER BY position DESC, behind DESC LIMIT %s) newest WHERE tree_id = %s",
        (list(workspace_ids), KNOWN_MAX, tree_id),
    )
    return [(row["id"], row["name_digest"]) for row in rows]
