"""Phone numbers: which has a workspace, who answers them, and which months of them are charged?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.rows import class_row

from domain.agent import Agent
from domain.calls.charge import Charge
from domain.credits.category import Category
from domain.fact import Fact
from domain.phone_number import PhoneNumber
from domain.workspace import Workspace
from projections.projection import Db, Projection, Writes, on

SHORTEST_CYCLE = timedelta(days=27)  # a little less, so that the clock looks before it is over
DUE_MAX = 500  # numbers in one question of the clock


@dataclass(frozen=True, kw_only=True)
class PhoneNumberRow:
    number_id: UUID
    workspace_id: UUID
    number_digest: str
    country: str
    agent_id: UUID | None
    bought_at: datetime
    grace_of: datetime | None
    grace_ends_at: datetime | None
    workspace_gone: bool
    charged_from: datetime | None  # the beginning of the last cycle that was charged

    @property
    def released_at(self) -> datetime | None:
        """When it goes, if it cannot be charged until then."""
        is_charged = self.charged_from is not None and self.charged_from == self.grace_of
        return None if is_charged else self.grace_ends_at


@dataclass(frozen=True, kw_only=True)
class NumberDue:
    """One whose month may be over."""

    number_id: UUID
    workspace_id: UUID


NUMBERS = """
    SELECT n.*, (SELECT max(m.cycle_started_at) FROM phone_number_months m
                  WHERE m.number_id = n.number_id AND m.workspace_id = n.workspace_id) AS charged_from
      FROM phone_numbers n
"""


class PhoneNumbers(Projection):
    """A number that changes hands has a row for each of its workspaces, one at a time."""

    name = "phone_numbers"
    logs = ("agency", "metering")
    side_by_side = True
    tables = {
        "phone_numbers": """
            number_id      uuid NOT NULL,
            workspace_id   uuid NOT NULL,
            number_digest  text NOT NULL,
            country        text NOT NULL,
            agent_id       uuid,
            bought_at      timestamptz NOT NULL,
            grace_of       timestamptz,
            grace_ends_at  timestamptz,
            workspace_gone boolean NOT NULL DEFAULT false,
            PRIMARY KEY (number_id, workspace_id)
        """,
        "phone_number_months": """
            number_id        uuid NOT NULL,
            workspace_id     uuid NOT NULL,
            cycle_started_at timestamptz NOT NULL,
            PRIMARY KEY (number_id, workspace_id, cycle_started_at)
        """,
    }
    indexes = {"phone_numbers_workspace": "phone_numbers (workspace_id)"}
    needed = frozenset(indexes)

    # Questions.

    def in_workspace(self, db: Db, workspace_id: UUID) -> list[PhoneNumberRow]:
        """In the order in which they were bought; a plan limits how many there are."""
        found = db.cursor(row_factory=class_row(PhoneNumberRow)).execute(
            f"{NUMBERS} WHERE n.workspace_id = %s AND NOT n.workspace_gone ORDER BY n.bought_at, n.number_id",
            (workspace_id,),
        )
        return found.fetchall()

    def due(self, db: Db, at: datetime, after: UUID | None = None) -> list[NumberDue]:
        """Those that were not charged for a while, and those that nobody can use any more; so many, behind
        the one that is named."""
        found = db.cursor(row_factory=class_row(NumberDue)).execute(
            "SELECT n.number_id, n.workspace_id FROM phone_numbers n"
            " WHERE n.number_id > %(after)s AND (n.workspace_gone OR NOT EXISTS"
            "  (SELECT FROM phone_number_months m WHERE m.number_id = n.number_id"
            "      AND m.workspace_id = n.workspace_id AND m.cycle_started_at > %(since)s))"
            " ORDER BY n.number_id LIMIT %(limit)s",
            {"after": after or UUID(int=0), "since": at - SHORTEST_CYCLE, "limit": DUE_MAX},
        )
        return found.fetchall()

    # What each fact changes.

    @on(PhoneNumber.Bought, PhoneNumber.BoughtAgain)
    def bought(self, db: Writes, fact: Fact, event: PhoneNumber.Bought | PhoneNumber.BoughtAgain) -> None:
        db.execute(
            "INSERT INTO phone_numbers (number_id, workspace_id, number_digest, country, bought_at)"
            " VALUES (%s, %s, %s, %s, %s)",
            (fact.stream, event.workspace_id, event.number_digest, event.country, event.timestamp),
        )

    @on(PhoneNumber.Assigned)
    def assigned(self, db: Writes, fact: Fact, event: PhoneNumber.Assigned) -> None:
        self._answer(db, fact.stream, event.workspace_id, event.agent_id)

    @on(PhoneNumber.Unassigned)
    def unassigned(self, db: Writes, fact: Fact, event: PhoneNumber.Unassigned) -> None:
        self._answer(db, fact.stream, event.workspace_id, None)

    @on(Agent.Deleted)
    def agent_deleted(self, db: Writes, fact: Fact, event: Agent.Deleted) -> None:
        """Nobody answers a number any more that was theirs."""
        db.execute(
            "UPDATE phone_numbers SET agent_id = NULL WHERE workspace_id = %s AND agent_id = %s",
            (event.workspace_id, fact.stream),
        )

    @on(PhoneNumber.GraceBegan)
    def grace_began(self, db: Writes, fact: Fact, event: PhoneNumber.GraceBegan) -> None:
        db.execute(
            "UPDATE phone_numbers SET grace_of = %s, grace_ends_at = %s"
            " WHERE number_id = %s AND workspace_id = %s",
            (event.cycle_started_at, event.ends_at, fact.stream, event.workspace_id),
        )

    @on(PhoneNumber.Released)
    def released(self, db: Writes, fact: Fact, event: PhoneNumber.Released) -> None:
        db.execute(
            "DELETE FROM phone_numbers WHERE number_id = %s AND workspace_id = %s",
            (fact.stream, event.workspace_id),
        )

    @on(Charge.Made)
    def charged(self, db: Writes, fact: Fact, event: Charge.Made) -> None:
        if event.category == Category.PHONE_NUMBER and event.subject_id is not None:
            db.execute(
                "INSERT INTO phone_number_months VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                (event.subject_id, event.workspace_id, event.cycle_started_at),
            )

    @on(Workspace.Deleted, Workspace.Closed)
    def workspace_deleted(self, db: Writes, fact: Fact, event: Workspace.Deleted | Workspace.Closed) -> None:
        """Until the clock has released them."""
        db.execute("UPDATE phone_numbers SET workspace_gone = true WHERE workspace_id = %s", (fact.stream,))

    def _answer(self, db: Writes, number_id: UUID, workspace_id: UUID, agent_id: UUID | None) -> None:
        db.execute(
            "UPDATE phone_numbers SET agent_id = %s WHERE number_id = %s AND workspace_id = %s",
            (agent_id, number_id, workspace_id),
        )
