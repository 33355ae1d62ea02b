"""A workspace: who belongs to it, what plan it is on, and which tree it is part of."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from eventsourcing.domain import CanMutateAggregate

from domain.api_keys import KeyMode, MadeKey, Replaced
from domain.because import Because
from domain.budget import Budget
from domain.membership import Invitation
from domain.permissions import Role
from domain.recorded import Recorded
from domain.retention import RETENTION_DAYS
from domain.visibility import EVERYTHING, Level, Visibility


class Workspace(Recorded):
    # State.

    def __init__(
        self, name_digest: str, owner_id: UUID, plan: str, tree_id: UUID | None, parent_id: UUID | None
    ) -> None:
        self.name_digest, self.plan = name_digest, plan
        self.tree_id, self.parent_id = tree_id, parent_id
        self.awaiting_tree_id: UUID | None = None  # founded, not paid for yet
        self.replaced_tree_ids: list[UUID] = []  # founded before that one, and not to be paid for any more
        self.customer_id: str | None = None  # kept for ever once the workspace has been an anchor
        self.members: dict[UUID, Role] = {owner_id: Role.OWNER}
        self.invitations: dict[UUID, Invitation] = {}  # the open ones
        self.invited: set[UUID] = set()  # every invitation there ever was
        self.hourly_rate_cents: int | None = None  # of a person's work; None is the default
        self.keys: set[str] = set()  # neither revoked nor replaced
        self.keys_made: dict[str, MadeKey] = {}  # every key there ever was
        self.keys_replaced: dict[str, Replaced] = {}  # by another, and not revoked
        self.visibility: Visibility = EVERYTHING  # as the agency has it; it binds clients of a child only
        self.retention_days = RETENTION_DAYS  # how long the texts of a call are kept
        self.texts_retired_until: datetime | None = None  # those of calls that began before are destroyed
        self.budget: Budget | None = None  # of credits, which its agency gives a child
        self.deleted = False

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        tree_id: UUID | None  # the tree it was part of, so that each fact names its agency itself

    class Opened(Event, Recorded.Created):
        name_digest: str  # the name itself lies in the vault: people wrote it
        owner_id: UUID
        plan: str
        parent_id: UUID | None

    class Renamed(Event):
        name_digest: str

        def apply(self, workspace: Workspace) -> None:
            workspace.name_digest = self.name_digest

    class HourlyRateSet(Event):
        hourly_rate_cents: int | None  # None: the default again

        def apply(self, workspace: Workspace) -> None:
            workspace.hourly_rate_cents = self.hourly_rate_cents

    class PlanChosen(Event):
        """A plan was chosen for payment; `tree_id` is the tree that will begin with it."""

        plan: str

        def apply(self, workspace: Workspace) -> None:
            others = [*workspace.replaced_tree_ids, workspace.awaiting_tree_id]
            workspace.replaced_tree_ids = [one for one in others if one not in (None, self.tree_id)]
            workspace.awaiting_tree_id = self.tree_id

    class BecameAnchor(Event):
        plan_from: str
        plan_to: str
        customer_id: str

        def apply(self, workspace: Workspace) -> None:
            workspace.tree_id = self.tree_id
            workspace.awaiting_tree_id = None
            workspace.replaced_tree_ids = []
            workspace.plan = self.plan_to
            workspace.customer_id = self.customer_id

    class PlanChanged(Event):
        plan_from: str
        plan_to: str

        def apply(self, workspace: Workspace) -> None:
            workspace.plan = self.plan_to

    class Adopted(Event):
        parent_id: UUID
        plan_from: str
        plan_to: str

        def apply(self, workspace: Workspace) -> None:
            workspace.tree_id = self.tree_id
            workspace.parent_id = self.parent_id
            workspace.awaiting_tree_id = None
            workspace.plan = self.plan_to
            workspace.visibility, workspace.budget = EVERYTHING, None

    class Downgraded(Event):
        was_anchor: bool
        parent_id_from: UUID | None
        plan_from: str
        plan_to: str
        quota_events: int  # what it may track in a calendar month from now on
        members_kept: int

        def apply(self, workspace: Workspace) -> None:
            workspace.tree_id = workspace.parent_id = None
            workspace.plan = self.plan_to
            workspace.budget = None

    class MemberInvited(Event):
        invitation_id: UUID
        person_id: UUID
        role: Role
        expires_at: datetime

        def apply(self, workspace: Workspace) -> None:
            workspace.invited.add(self.invitation_id)
            workspace.invitations[self.invitation_id] = Invitation(
                person_id=self.person_id,
                role=self.role,
                expires_at=self.expires_at,
                sent_at=self.timestamp,
            )

    class InvitationResent(Event):
        invitation_id: UUID
        person_id: UUID
        expires_at: datetime  # the link that was mailed before works until then, too

        def apply(self, workspace: Workspace) -> None:
            workspace.invitations[self.invitation_id] = workspace.invitations[self.invitation_id].sent_again(
                self.timestamp, self.expires_at
            )

    class InvitationRevoked(Event):
        invitation_id: UUID
        person_id: UUID

        def apply(self, workspace: Workspace) -> None:
            del workspace.invitations[self.invitation_id]

    class MemberJoined(Event):
        invitation_id: UUID
        person_id: UUID
        role: Role

        def apply(self, workspace: Workspace) -> None:
            del workspace.invitations[self.invitation_id]
            workspace.members[self.person_id] = self.role

    class RoleChanged(Event):
        person_id: UUID
        role_from: Role
        role_to: Role

        def apply(self, workspace: Workspace) -> None:
            workspace.members[self.person_id] = self.role_to

    class OwnershipTransferred(Event):
        """From one member to another in one act, so that nobody ever finds the workspace without an owner."""

        person_id: UUID  # who owned it
        role_to: Role  # what they are now
        successor_id: UUID
        successor_role_from: Role

        def apply(self, workspace: Workspace) -> None:
            workspace.members[self.successor_id] = Role.OWNER
            workspace.members[self.person_id] = self.role_to

    class MemberRemoved(Event):
        person_id: UUID
        role: Role

        def apply(self, workspace: Workspace) -> None:
            del workspace.members[self.person_id]
            for invitation_id, one in list(workspace.invitations.items()):
                if one.person_id == self.person_id:  # nobody comes back by an older link
                    del workspace.invitations[invitation_id]

    class KeyIssued(Event):
        key_id: str  # its public part
        mode: KeyMode
        scopes: tuple[str, ...]
        secret_mac: str  # of the secret part: the number of the server's pepper, a colon, the MAC

        def apply(self, workspace: Workspace) -> None:
            workspace.keys.add(self.key_id)
            workspace.keys_made[self.key_id] = MadeKey(mode=self.mode, scopes=self.scopes)

    class KeyReplaced(Event):
        """Recorded with the `KeyIssued` of its successor; until it expires, both work."""

        key_id: str
        successor_id: str
        expires_at: datetime

        def apply(self, workspace: Workspace) -> None:
            workspace.keys.discard(self.key_id)
            workspace.keys_replaced[self.key_id] = Replaced(
                successor_id=self.successor_id, expires_at=self.expires_at
            )

    class KeyRevoked(Event):
        key_id: str

        def apply(self, workspace: Workspace) -> None:
            workspace.keys.discard(self.key_id)
            workspace.keys_replaced.pop(self.key_id, None)

    class VisibilitySet(Event):
        dashboard: Level
        prompts: Level
        configuration: Level
        deployment: Level
        actions: Level

        def apply(self, workspace: Workspace) -> None:
            workspace.visibility = Visibility.said_by(self)

    class RetentionSet(Event):
        days: int  # after its beginning, caller, transcript and the like of a call are destroyed

        def apply(self, workspace: Workspace) -> None:
            workspace.retention_days = self.days

    class CallTextsRetired(Event):
        until: datetime  # the texts of the calls that began before are destroyed

        def apply(self, workspace: Workspace) -> None:
            workspace.texts_retired_until = self.until

    class BudgetSet(Event):
        limit_micros: int
        stops: bool

        def apply(self, workspace: Workspace) -> None:
            workspace.budget = Budget(limit_micros=self.limit_micros, stops=self.stops)

    class BudgetRaised(Event):
        cycle_started_at: datetime  # of the one cycle that it is raised in
        limit_micros: int
        reason_digest: str

        def apply(self, workspace: Workspace) -> None:
            assert workspace.budget is not None
            workspace.budget = workspace.budget.raised(self.limit_micros, self.cycle_started_at)

    class BudgetRemoved(Event):
        def apply(self, workspace: Workspace) -> None:
            workspace.budget = None

    class Deleted(Event):
        parent_id: UUID

        def apply(self, workspace: Workspace) -> None:
            workspace.deleted = True
            workspace.tree_id = workspace.parent_id = None

    class Closed(Event):
        """The end of one that stood alone; `tree_id` is None."""

        def apply(self, workspace: Workspace) -> None:
            workspace.deleted = True
            workspace.awaiting_tree_id = None
            workspace.replaced_tree_ids = []

    # Commands. Each one decides, and records at most one fact; where it stands is decided in `placement`,
    # who belongs to it in `membership`, and what becomes of its keys in `keyring`.

    @classmethod
    def open(
        cls, workspace_id: UUID, *, name_digest: str, owner_id: UUID, plan: str, because: Because,
        tree_id: UUID | None = None, parent_id: UUID | None = None,
    ) -> Workspace:  # fmt: skip
        fields = {"name_digest": name_digest, "owner_id": owner_id, "plan": plan}
        return cls._begin(cls.Opened, workspace_id, because, tree_id=tree_id, parent_id=parent_id, **fields)

    def note(self, fact: type[CanMutateAggregate[UUID]], because: Because, **fields: Any) -> None:
        """Record a fact of the tree that the workspace is part of just now."""
        self.record(fact, because, tree_id=self.tree_id, **fields)
