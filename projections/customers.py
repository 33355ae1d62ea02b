"""Customers: for whom does an agency keep its children, and whose calls are refused? (inline)

A customer whose workspace was deleted, or has left the agency, keeps their row and is bound by it no more;
when the workspace comes back into the same agency, so does the customer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from psycopg.rows import class_row

from domain.customer import Customer, CustomerStatus
from domain.fact import Fact
from domain.workspace import Workspace
from projections.projection import Db, Projection, Writes, on

LISTED_MAX = 500  # of an agency: far more than a tree has workspaces


class Gone(StrEnum):
    """What became of the workspace of a customer."""

    LEFT = "left"  # it stands alone, or is part of another agency
    DELETED = "deleted"


@dataclass(frozen=True, kw_only=True)
class CustomerRow:
    customer_id: UUID
    workspace_id: UUID
    tree_id: UUID
    anchor_id: UUID
    name_digest: str
    contact_id: UUID
    contact_digest: str | None
    notes_digest: str | None
    status: str  # of `CustomerStatus`
    contact_erased: bool
    markup_hundredths: int | None
    newest: bool  # of the workspace
    added_at: datetime
    suspended_at: datetime | None
    closed_at: datetime | None
    gone: str | None  # of `Gone`
    gone_at: datetime | None

    @property
    def is_current(self) -> bool:
        """Whether their workspace has them as its customer, so that there can be no other."""
        return self.newest and self.gone is None and self.status != CustomerStatus.CLOSED


class Customers(Projection):
    name = "customers"
    logs = ("agency",)
    tables = {
        "customers": """
            customer_id       uuid PRIMARY KEY,
            workspace_id      uuid NOT NULL,
            tree_id           uuid NOT NULL,
            anchor_id         uuid NOT NULL,
            name_digest       text NOT NULL,
            contact_id        uuid NOT NULL,
            contact_digest    text,
            notes_digest      text,
            status            text NOT NULL,
            contact_erased    boolean NOT NULL,
            markup_hundredths integer,
            newest            boolean NOT NULL,
            added_at          timestamptz NOT NULL,
            suspended_at      timestamptz,
            closed_at         timestamptz,
            gone              text,
            gone_at           timestamptz
        """,
    }
    indexes = {
        "customers_workspace": "customers (workspace_id)",
        "customers_anchor": "customers (anchor_id)",
    }
    needed = frozenset({"customers_workspace"})

    # Questions.

    def status_of(self, db: Db, workspace_ids: Collection[UUID]) -> dict[UUID, CustomerStatus]:
        """Of those workspaces that have a customer of the agency that they are part of, or had one last:
        where it is not `active`, calls are refused. A workspace without one is bound by nothing."""
        rows = db.execute(
            "SELECT workspace_id, status FROM customers"
            " WHERE workspace_id = ANY(%s) AND newest AND gone IS NULL",
            (list(workspace_ids),),
        )
        return {row["workspace_id"]: CustomerStatus(row["status"]) for row in rows}

    def of_anchor(self, db: Db, anchor_id: UUID) -> list[CustomerRow]:
        """All there ever were, those first that are served: the newest of each kind before the others."""
        found = db.cursor(row_factory=class_row(CustomerRow)).execute(
            "SELECT * FROM customers WHERE anchor_id = %s"
            " ORDER BY (newest AND gone IS NULL AND status <> 'closed') DESC, added_at DESC, customer_id"
            f" LIMIT {LISTED_MAX}",
            (anchor_id,),
        )
        return found.fetchall()

    def of_anchor_by_id(self, db: Db, anchor_id: UUID, customer_id: UUID) -> CustomerRow | None:
        """None also for a customer of another agency."""
        found = db.cursor(row_factory=class_row(CustomerRow)).execute(
            "SELECT * FROM customers WHERE anchor_id = %s AND customer_id = %s", (anchor_id, customer_id)
        )
        return found.fetchone()

    # What each fact changes.

    @on(Customer.Added)
    def added(self, db: Writes, fact: Fact, event: Customer.Added) -> None:
        db.execute("UPDATE customers SET newest = false WHERE workspace_id = %s", (event.workspace_id,))
        db.execute(
            "INSERT INTO customers VALUES"
            " (%s, %s, %s, %s, %s, %s, %s, %s, 'active', false, NULL, true, %s, NULL, NULL, NULL, NULL)",
            (
                fact.stream,
                event.workspace_id,
                event.tree_id,
                event.anchor_id,
                event.name_digest,
                event.contact_id,
                event.contact_digest,
                event.notes_digest,
                event.timestamp,
            ),
        )

    @on(Customer.Changed)
    def changed(self, db: Writes, fact: Fact, event: Customer.Changed) -> None:
        """A contact under another subject than before is one that was written after the erasure."""
        db.execute(
            "UPDATE customers SET name_digest = %s, contact_erased = contact_erased AND contact_id = %s,"
            " contact_id = %s, contact_digest = %s, notes_digest = %s WHERE customer_id = %s",
            (
                event.name_digest,
                event.contact_id,
                event.contact_id,
                event.contact_digest,
                event.notes_digest,
                fact.stream,
            ),
        )

    @on(Customer.ContactErased)
    def contact_erased(self, db: Writes, fact: Fact, event: Customer.ContactErased) -> None:
        db.execute("UPDATE customers SET contact_erased = true WHERE customer_id = %s", (fact.stream,))

    @on(Customer.MarkupSet)
    def markup_set(self, db: Writes, fact: Fact, event: Customer.MarkupSet) -> None:
        db.execute(
            "UPDATE customers SET markup_hundredths = %s WHERE customer_id = %s",
            (event.percent_hundredths, fact.stream),
        )

    @on(Customer.Suspended)
    def suspended(self, db: Writes, fact: Fact, event: Customer.Suspended) -> None:
        db.execute(
            "UPDATE customers SET status = 'suspended', suspended_at = %s WHERE customer_id = %s",
            (event.timestamp, fact.stream),
        )

    @on(Customer.Resumed)
    def resumed(self, db: Writes, fact: Fact, event: Customer.Resumed) -> None:
        db.execute(
            "UPDATE customers SET status = 'active', suspended_at = NULL WHERE customer_id = %s",
            (fact.stream,),
        )

    @on(Customer.Closed)
    def closed(self, db: Writes, fact: Fact, event: Customer.Closed) -> None:
        db.execute(
            "UPDATE customers SET status = 'closed', closed_at = %s WHERE customer_id = %s",
            (event.timestamp, fact.stream),
        )

    @on(Workspace.Downgraded)
    def left(self, db: Writes, fact: Fact, event: Workspace.Downgraded) -> None:
        self._go(db, fact, event.timestamp, Gone.LEFT)

    @on(Workspace.Deleted)
    def deleted(self, db: Writes, fact: Fact, event: Workspace.Deleted) -> None:
        self._go(db, fact, event.timestamp, Gone.DELETED)

    @on(Workspace.Adopted)
    def adopted(self, db: Writes, fact: Fact, event: Workspace.Adopted) -> None:
        """Into the agency that it had left: what was decided about the customer holds again."""
        db.execute(
            "UPDATE customers SET gone = NULL, gone_at = NULL WHERE workspace_id = %s AND tree_id = %s",
            (fact.stream, event.tree_id),
        )

    def _go(self, db: Writes, fact: Fact, at: datetime, gone: Gone) -> None:
        db.execute(
            "UPDATE customers SET gone = %s, gone_at = %s WHERE workspace_id = %s AND gone IS NULL",
            (gone.value, at, fact.stream),
        )
