"""A customer: for whom does an agency keep a child workspace, and are they served at present?

There is a stream for each time that somebody becomes a customer in a workspace: whoever was closed is added
anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from domain.because import Because
from domain.ids import stream_of_customer
from domain.recorded import Recorded
from domain.refusals import Refusal, Refused
from domain.workspace import Workspace

MARKUP_MAX = 100_000  # hundredths of a percent: ten times what it costs


class CustomerStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"  # no calls; what was on is off, and comes back
    CLOSED = "closed"  # no calls, for good


@dataclass(frozen=True, kw_only=True)
class About:
    """What an agency writes down of a customer, by the digests under which the vault keeps it.

    The name and the notes lie under the anchor; a contact has a subject of its own, so that it can be
    destroyed alone.
    """

    name_digest: str
    contact_id: UUID
    contact_digest: str | None = None
    notes_digest: str | None = None


class Customer(Recorded):
    # State.

    def __init__(
        self,
        workspace_id: UUID,
        tree_id: UUID,
        anchor_id: UUID,
        name_digest: str,
        contact_id: UUID,
        contact_digest: str | None,
        notes_digest: str | None,
    ) -> None:
        self.workspace_id = workspace_id
        self.tree_id = tree_id
        self.anchor_id = anchor_id
        self.about = About(
            name_digest=name_digest,
            contact_id=contact_id,
            contact_digest=contact_digest,
            notes_digest=notes_digest,
        )
        self.contacts_erased: list[UUID] = []
        self.status = CustomerStatus.ACTIVE
        self.agents_off: tuple[UUID, ...] = ()  # by the suspension that lasts
        self.deployments_off: tuple[UUID, ...] = ()
        self.markup_hundredths: int | None = None  # of a percent, on what calls cost the agency

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        workspace_id: UUID
        tree_id: UUID | None  # of the agency whose customer it is, also once the workspace has left it

    class Added(Event, Recorded.Created):
        anchor_id: UUID
        name_digest: str  # this and the notes lie in the vault under the anchor
        contact_id: UUID  # the subject that the contact lies under
        contact_digest: str | None
        notes_digest: str | None

    class Changed(Event):
        name_digest: str
        contact_id: UUID
        contact_digest: str | None
        notes_digest: str | None

        def apply(self, customer: Customer) -> None:
            customer.about = About(
                name_digest=self.name_digest,
                contact_id=self.contact_id,
                contact_digest=self.contact_digest,
                notes_digest=self.notes_digest,
            )

    class ContactErased(Event):
        """The contact and all that it was before are destroyed because of it."""

        contact_id: UUID

        def apply(self, customer: Customer) -> None:
            customer.contacts_erased.append(self.contact_id)

    class MarkupSet(Event):
        percent_hundredths: int | None

        def apply(self, customer: Customer) -> None:
            customer.markup_hundredths = self.percent_hundredths

    class Suspended(Event):
        agents: tuple[UUID, ...]  # those that were active
        deployments: tuple[UUID, ...]  # those that were enabled

        def apply(self, customer: Customer) -> None:
            customer.status = CustomerStatus.SUSPENDED
            customer.agents_off, customer.deployments_off = tuple(self.agents), tuple(self.deployments)

    class Resumed(Event):
        agents: tuple[UUID, ...]  # those that came back: neither deleted nor switched on meanwhile
        deployments: tuple[UUID, ...]

        def apply(self, customer: Customer) -> None:
            customer.status = CustomerStatus.ACTIVE
            customer.agents_off = customer.deployments_off = ()

    class Closed(Event):
        def apply(self, customer: Customer) -> None:
            customer.status = CustomerStatus.CLOSED

    # Commands. Each one decides, and records at most one fact; who may is asked of the anchor before.

    @classmethod
    def add(cls, number: int, workspace: Workspace, about: About, *, because: Because) -> Self:
        """The workspace is a child, or becomes one with this."""
        return cls._begin(
            cls.Added,
            stream_of_customer(workspace.id, number),
            because,
            workspace_id=workspace.id,
            tree_id=workspace.tree_id,
            anchor_id=workspace.parent_id,
            **vars(about),
        )

    def change(self, about: About, workspace: Workspace, *, because: Because) -> None:
        if about == self.about:
            return
        self._require(self.why_not_change(workspace))
        self._note(self.Changed, because, **vars(about))

    def erase_contact(self, *, because: Because) -> None:
        """Also of one that was closed, or is gone."""
        if self.has_contact:
            self._note(self.ContactErased, because, contact_id=self.about.contact_id)

    def set_markup(self, percent_hundredths: int | None, workspace: Workspace, *, because: Because) -> None:
        assert percent_hundredths is None or 0 <= percent_hundredths <= MARKUP_MAX
        if percent_hundredths == self.markup_hundredths:
            return
        self._require(self.why_not_change(workspace))
        self._note(self.MarkupSet, because, percent_hundredths=percent_hundredths)

    def suspend(
        self,
        workspace: Workspace,
        agents: tuple[UUID, ...],
        deployments: tuple[UUID, ...],
        *,
        because: Because,
    ) -> None:
        if self.status is CustomerStatus.SUSPENDED:
            return
        self._require(self.why_not_change(workspace))
        self._note(self.Suspended, because, agents=agents, deployments=deployments)

    def resume(
        self,
        workspace: Workspace,
        agents: tuple[UUID, ...],
        deployments: tuple[UUID, ...],
        *,
        because: Because,
    ) -> None:
        if self.status is CustomerStatus.ACTIVE:
            return
        self._require(self.why_not_change(workspace))
        self._note(self.Resumed, because, agents=agents, deployments=deployments)

    def close(self, workspace: Workspace, *, because: Because) -> None:
        if self.status is CustomerStatus.CLOSED:
            return
        self._require(self.why_not_change(workspace))
        self._note(self.Closed, because)

    # Rules. Questions about the present, with no effect on it.

    @property
    def has_contact(self) -> bool:
        about = self.about
        return about.contact_digest is not None and about.contact_id not in self.contacts_erased

    def why_not_change(self, workspace: Workspace) -> Refusal | None:
        """The first refusal that applies, in the order `Refusal` lists them."""
        if self.status is CustomerStatus.CLOSED:
            return Refusal.CUSTOMER_CLOSED
        return None if self.is_of(workspace) else Refusal.CUSTOMER_GONE

    def is_current_in(self, tree_id: UUID) -> bool:
        """Whether there can be no other one in their workspace, as long as it is of this agency."""
        return self.tree_id == tree_id and self.status is not CustomerStatus.CLOSED

    def is_of(self, workspace: Workspace) -> bool:
        """Whether their workspace is still of the agency whose customer they are."""
        return workspace.tree_id == self.tree_id

    def _require(self, refusal: Refusal | None) -> None:
        if refusal is not None:
            raise Refused(refusal)

    def _note(self, fact: Any, because: Because, **fields: Any) -> None:
        self.record(fact, because, workspace_id=self.workspace_id, tree_id=self.tree_id, **fields)
