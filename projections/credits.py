"""Credits: what is left in each ledger, line by line, and what has each workspace used of it? (inline)"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.rows import class_row

from domain.calls.call import CATEGORIES, Call, Kind
from domain.calls.charge import Charge
from domain.credits.ledger import CreditLedger
from domain.fact import Fact
from projections import credit_statements as sql
from projections.projection import Db, Projection, Writes, fill, on


@dataclass(frozen=True, kw_only=True)
class LedgerRow:
    """A ledger as it stands, in micro-euros; where there is a debt, the buckets are empty."""

    tree_id: UUID
    cycle_started_at: datetime | None
    cycle_ends_at: datetime | None
    grant_micros: int
    rollover_micros: int
    top_up_micros: int
    debt_micros: int
    held_micros: int
    frozen: bool

    @property
    def balance_micros(self) -> int:
        return self.grant_micros + self.rollover_micros + self.top_up_micros - self.debt_micros

    @property
    def available_micros(self) -> int:
        return self.balance_micros - self.held_micros


@dataclass(frozen=True, kw_only=True)
class UseRow:
    """What a workspace used in a cycle, and what its running calls hold."""

    workspace_id: UUID
    cycle_started_at: datetime
    tree_id: UUID
    spent_micros: int
    held_micros: int


Bucket = Literal["grant", "rollover", "top_up"]
# tree, position, at, entry, category, workspace, subject, micro-euros
Taken = tuple[UUID, int, datetime, str, str | None, UUID | None, UUID | None, int]

LEFT_BEHIND_MAX = 500  # ledgers, in one run of the clock; what is left comes with the next

CHARGED = Charge.Made.__qualname__
SPENDING = frozenset({Call.Told.__qualname__, Call.Ended.__qualname__, CHARGED})
HOLDS: dict[str, Callable[[Any], int]] = {
    Call.Begun.__qualname__: lambda event: event.hold_micros,
    Call.Ended.__qualname__: lambda event: -event.released_micros,
    Call.Abandoned.__qualname__: lambda event: -event.released_micros,
}
USING = SPENDING | HOLDS.keys()


class Credits(Projection):
    name = "credits"
    logs = ("metering",)
    tables = {
        "credit_ledgers": """
            tree_id          uuid PRIMARY KEY,
            cycle_started_at timestamptz,
            cycle_ends_at    timestamptz,
            grant_micros     bigint NOT NULL DEFAULT 0,
            rollover_micros  bigint NOT NULL DEFAULT 0,
            top_up_micros    bigint NOT NULL DEFAULT 0,
            debt_micros      bigint NOT NULL DEFAULT 0,
            held_micros      bigint NOT NULL DEFAULT 0,
            frozen           boolean NOT NULL DEFAULT false
        """,
        "credit_lines": """
            tree_id         uuid NOT NULL,
            position        bigint NOT NULL,
            number          smallint NOT NULL,
            at              timestamptz NOT NULL,
            entry           text NOT NULL,
            category        text,
            workspace_id    uuid,
            subject_id      uuid,
            amount_micros   bigint NOT NULL,
            grant_micros    bigint NOT NULL,
            rollover_micros bigint NOT NULL,
            top_up_micros   bigint NOT NULL,
            debt_micros     bigint NOT NULL,
            balance_micros  bigint NOT NULL,
            PRIMARY KEY (tree_id, position, number)
        """,
        "credit_uses": """
            workspace_id     uuid NOT NULL,
            cycle_started_at timestamptz NOT NULL,
            tree_id          uuid NOT NULL,
            spent_micros     bigint NOT NULL,
            held_micros      bigint NOT NULL,
            PRIMARY KEY (workspace_id, cycle_started_at)
        """,
    }
    indexes = {
        "credit_uses_tree": "credit_uses (tree_id, cycle_started_at)",
        "credit_lines_at": "credit_lines (tree_id, at)",
        "credit_lines_subject": "credit_lines (subject_id) WHERE subject_id IS NOT NULL",
    }

    # Questions.

    def ledger(self, db: Db, tree_id: UUID) -> LedgerRow | None:
        query = "SELECT * FROM credit_ledgers WHERE tree_id = %s"
        return db.cursor(row_factory=class_row(LedgerRow)).execute(query, (tree_id,)).fetchone()

    def use(self, db: Db, workspace_id: UUID, cycle_started_at: datetime) -> UseRow | None:
        found = db.cursor(row_factory=class_row(UseRow)).execute(
            "SELECT * FROM credit_uses WHERE workspace_id = %s AND cycle_started_at = %s",
            (workspace_id, cycle_started_at),
        )
        return found.fetchone()

    def uses_in(self, db: Db, workspace_ids: Collection[UUID], cycle_started_at: datetime) -> list[UseRow]:
        found = db.cursor(row_factory=class_row(UseRow)).execute(
            "SELECT * FROM credit_uses WHERE workspace_id = ANY(%s) AND cycle_started_at = %s",
            (list(workspace_ids), cycle_started_at),
        )
        return found.fetchall()

    def left_behind(self, db: Db) -> list[tuple[UUID, UUID]]:
        """Ledgers of subscriptions that have ended in which something came after the end, or is left, and the
        one that their anchor has now; so many at a time."""
        found = db.execute(sql.LEFT_BEHIND, (LEFT_BEHIND_MAX,)).fetchall()
        return [(row["tree_id"], row["to_tree_id"]) for row in found]

    # What each fact changes.

    def topics(self, log: str) -> frozenset[str]:
        return super().topics(log) | USING

    def apply(self, db: Any, facts: Sequence[Fact]) -> None:
        """Spendings are written together, up to a fact that adds or moves credits."""
        taken: list[Taken] = []
        for fact in facts:
            if fact.topic in SPENDING:
                taken.append(_used(fact))
            elif fact.topic in self.handlers:
                _spend(db, taken)
                taken = []
                super().apply(db, [fact])
        _spend(db, taken)
        _use(db, [fact for fact in facts if fact.topic in USING])

    @on(CreditLedger.Opened)
    def opened(self, db: Writes, fact: Fact, event: CreditLedger.Opened) -> None:
        db.execute("INSERT INTO credit_ledgers (tree_id) VALUES (%s)", (event.tree_id,))

    @on(CreditLedger.Granted)
    def granted(self, db: Writes, fact: Fact, event: CreditLedger.Granted) -> None:
        db.execute(sql.ROLLED_LINE, (*_place(fact), None))
        db.execute(sql.ROLLED, (event.cycle_started_at, event.cycle_ends_at, event.tree_id))
        if event.amount_micros:
            _add(db, fact, "grant", event.amount_micros, entry="grant", number=1)

    @on(CreditLedger.ToppedUp)
    def topped_up(self, db: Writes, fact: Fact, event: CreditLedger.ToppedUp) -> None:
        _add(db, fact, "top_up", event.amount_micros, entry="top_up", subject_id=event.top_up_id)

    @on(CreditLedger.Corrected)
    def corrected(self, db: Writes, fact: Fact, event: CreditLedger.Corrected) -> None:
        if event.amount_micros >= 0:
            _add(db, fact, "rollover", event.amount_micros, entry="correction")
        else:
            _spend(db, [_taken(fact, "correction", -event.amount_micros)])

    @on(CreditLedger.Refunded)
    def refunded(self, db: Writes, fact: Fact, event: CreditLedger.Refunded) -> None:
        _add(
            db,
            fact,
            "rollover",
            event.amount_micros,
            entry="refund",
            category=event.category,
            workspace_id=event.of_workspace_id,
            subject_id=event.charge_id,
        )
        use = (event.of_workspace_id, event.cycle_started_at, event.tree_id, -event.amount_micros, 0)
        fill(db, sql.USED, [use])

    @on(CreditLedger.TransferredOut)
    def transferred_out(self, db: Writes, fact: Fact, event: CreditLedger.TransferredOut) -> None:
        _spend(db, [_taken(fact, "transfer_out", event.amount_micros, subject_id=event.to_tree_id)])

    @on(CreditLedger.TransferredIn)
    def transferred_in(self, db: Writes, fact: Fact, event: CreditLedger.TransferredIn) -> None:
        _add(db, fact, "top_up", event.amount_micros, entry="transfer_in", subject_id=event.from_tree_id)

    @on(CreditLedger.Frozen)
    def frozen(self, db: Writes, fact: Fact, event: CreditLedger.Frozen) -> None:
        db.execute("UPDATE credit_ledgers SET frozen = true WHERE tree_id = %s", (event.tree_id,))

    @on(CreditLedger.Thawed)
    def thawed(self, db: Writes, fact: Fact, event: CreditLedger.Thawed) -> None:
        db.execute(sql.MOVED_IN_LINE, (*_place(fact), event.from_tree_id))
        db.execute(sql.MOVED_IN, (*_place(fact), event.from_tree_id))

    @on(CreditLedger.MovedOut)
    def moved_out(self, db: Writes, fact: Fact, event: CreditLedger.MovedOut) -> None:
        db.execute(sql.MOVED_OUT_LINE, (*_place(fact), event.to_tree_id))
        db.execute(sql.MOVED_OUT, (event.tree_id,))


def _place(fact: Fact) -> tuple[UUID, int, datetime]:
    return fact.event.tree_id, fact.position, fact.event.timestamp


def _add(
    db: Writes,
    fact: Fact,
    bucket: Bucket,
    micros: int,
    *,
    entry: str,
    number: int = 0,
    category: str | None = None,
    workspace_id: UUID | None = None,
    subject_id: UUID | None = None,
) -> None:
    tree_id, position, at = _place(fact)
    row = (tree_id, position, number, at, entry, category, workspace_id, subject_id, micros, bucket)
    fill(db, sql.ADDED_LINE, [row])
    fill(db, sql.ADDED, [row])


def _taken(
    fact: Fact,
    entry: str,
    micros: int,
    *,
    category: str | None = None,
    workspace_id: UUID | None = None,
    subject_id: UUID | None = None,
) -> Taken:
    return (*_place(fact), entry, category, workspace_id, subject_id, micros)


def _used(fact: Fact) -> Taken:
    event = fact.event
    category = event.category if fact.topic == CHARGED else CATEGORIES[Kind(event.kind)]
    return _taken(
        fact,
        "usage",
        event.amount_micros,
        category=str(category),
        workspace_id=event.workspace_id,
        subject_id=fact.stream,
    )


def _spend(db: Writes, taken: Sequence[Taken]) -> None:
    """Lines that are free of charge are none."""
    lines = [one for one in taken if one[-1]]
    sums: Counter[UUID] = Counter()
    for tree_id, *_, micros in lines:
        sums[tree_id] += micros
    fill(db, sql.SPENT_LINES, lines)
    fill(db, sql.SPENT, sums.items())


def _use(db: Writes, facts: Sequence[Fact]) -> None:
    """What each workspace used and holds, by the cycle in which it was received."""
    spent: Counter[tuple[UUID, datetime, UUID]] = Counter()
    held: Counter[tuple[UUID, datetime, UUID]] = Counter()
    for fact in facts:
        event = fact.event
        place = (event.workspace_id, event.cycle_started_at, event.tree_id)
        spent[place] += event.amount_micros if fact.topic in SPENDING else 0
        held[place] += HOLDS[fact.topic](event) if fact.topic in HOLDS else 0
    fill(db, sql.USED, [(*place, spent[place], held[place]) for place in spent])
    of_trees: Counter[UUID] = Counter()
    for (_, _, tree_id), micros in held.items():
        of_trees[tree_id] += micros
    fill(db, sql.HELD, [(tree_id, micros) for tree_id, micros in of_trees.items() if micros])
