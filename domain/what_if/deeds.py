"""Deeds: what may be supposed, each told by the very command that would have done it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.agency import Agency
from domain.because import Because
from domain.billing import SubscriptionSeen
from domain.permissions import Role
from domain.plans import PLANS
from domain.refusals import Refusal, Refused, Unknown
from domain.tree import Tree
from domain.what_if.subscribed import as_it_is, ended

WHAT_IF = "command:what-if"  # the story of all that is only supposed


class Deed(StrEnum):
    REACTIVATE = "reactivate"
    CANCEL = "cancel"
    END = "end"
    CHANGE_PLAN = "change-plan"
    PAY = "pay"
    ADD_CHILD = "add-child"
    REMOVE_CHILD = "remove-child"
    ADD_MEMBER = "add-member"
    CHANGE_ROLE = "change-role"
    REMOVE_MEMBER = "remove-member"


class Needed(StrEnum):
    """What a deed has to be told beside when, where and by whom."""

    PLAN = "plan"
    CHILD = "child"
    PERSON = "person"
    ROLE = "role"


NEEDS: dict[Deed, tuple[Needed, ...]] = {
    Deed.REACTIVATE: (),
    Deed.CANCEL: (),
    Deed.END: (),
    Deed.CHANGE_PLAN: (Needed.PLAN,),
    Deed.PAY: (),
    Deed.ADD_CHILD: (),
    Deed.REMOVE_CHILD: (Needed.CHILD,),
    Deed.ADD_MEMBER: (Needed.PERSON, Needed.ROLE),
    Deed.CHANGE_ROLE: (Needed.PERSON, Needed.ROLE),
    Deed.REMOVE_MEMBER: (Needed.PERSON,),
}


@dataclass(frozen=True, kw_only=True)
class Supposition:
    """One deed at an instant, in the name of somebody who could have given the command.

    `workspace_id` is where people come and go, and the child that is removed.
    """

    deed: Deed
    at: datetime
    by: UUID
    anchor_id: UUID
    workspace_id: UUID
    new_id: UUID  # of what the deed makes
    plan: str | None = None
    person_id: UUID | None = None
    role: Role | None = None

    @property
    def because(self) -> Because:
        return Because(actor=f"person:{self.by}", cause=WHAT_IF, story=WHAT_IF, at=self.at)

    @property
    def of_stripe(self) -> Because:
        return replace(self.because, actor="stripe")


def in_whose_name(agency: Agency, deed: Deed, anchor_id: UUID, workspace_id: UUID) -> UUID:
    """An owner's: of the anchor, or of the child that is removed, since nobody else may."""
    asked = agency.workspace(workspace_id if deed is Deed.REMOVE_CHILD else anchor_id)
    owners = [person_id for person_id, role in asked.members.items() if role is Role.OWNER]
    if not owners:
        raise Unknown(f"nobody owned {asked.id}")
    return owners[0]


def do(agency: Agency, supposed: Supposition) -> None:
    """Give the command, and let Stripe answer as it does; raises Refused or Unknown as the command does."""
    DONE[supposed.deed](agency, supposed)


# What is asked of Stripe, with Stripe's answer: told as `docs/decisions/0009` has it.


def _reactivate(agency: Agency, supposed: Supposition) -> None:
    tree = agency.request_reactivation(_tree(agency, supposed).id, supposed.by, because=supposed.because)
    _answer(agency, supposed, replace(as_it_is(tree), ends_at=None))


def _cancel(agency: Agency, supposed: Supposition) -> None:
    tree = agency.request_cancellation(_tree(agency, supposed).id, supposed.by, because=supposed.because)
    seen = as_it_is(tree)
    _answer(agency, supposed, replace(seen, ends_at=seen.cycle_ends_at, next_plan=None, next_plan_at=None))


def _end(agency: Agency, supposed: Supposition) -> None:
    tree = agency.request_end(_tree(agency, supposed).id, supposed.by, because=supposed.because)
    _answer(agency, supposed, ended(tree, supposed.at))


def _change_plan(agency: Agency, supposed: Supposition) -> None:
    plan = supposed.plan
    if plan is None or plan not in PLANS or not PLANS[plan].is_sold:
        raise Unknown(f"plan {plan}")
    tree = agency.request_plan(_tree(agency, supposed).id, supposed.by, plan, because=supposed.because)
    seen = replace(as_it_is(tree), next_plan=None, next_plan_at=None)
    if PLANS[plan].price_cents > PLANS[tree.plan].price_cents:
        seen = replace(seen, plan=plan)
    elif plan != tree.plan:
        seen = replace(seen, next_plan=plan, next_plan_at=seen.cycle_ends_at)
    _answer(agency, supposed, seen)


def _pay(agency: Agency, supposed: Supposition) -> None:
    """No command of ours: the open invoice is paid, and Stripe says so."""
    tree = _tree(agency, supposed)
    _answer(agency, supposed, replace(as_it_is(tree), status="active", is_paused=False))


def _answer(agency: Agency, supposed: Supposition, seen: SubscriptionSeen) -> None:
    assert seen.tree_id is not None
    agency.sync_subscription(seen.tree_id, seen, because=supposed.of_stripe)


def _tree(agency: Agency, supposed: Supposition) -> Tree:
    """The tree that the anchor led at that instant."""
    anchor = agency.workspace(supposed.anchor_id)
    if anchor.deleted:
        raise Refused(Refusal.WORKSPACE_DELETED)
    if anchor.tree_id is None:
        led_one = anchor.customer_id is not None
        raise Refused(Refusal.TREE_ENDED if led_one else Refusal.NOT_SUBSCRIBED)
    return agency.tree(anchor.tree_id)


# Workspaces and people.


def _add_child(agency: Agency, supposed: Supposition) -> None:
    tree = _tree(agency, supposed)
    agency.create_child(tree.id, supposed.by, supposed.new_id, "", because=supposed.because)


def _remove_child(agency: Agency, supposed: Supposition) -> None:
    if supposed.workspace_id not in _tree(agency, supposed).children:
        raise Refused(Refusal.NOT_A_CHILD)
    agency.delete_child(supposed.workspace_id, supposed.by, because=supposed.because)


def _add_member(agency: Agency, supposed: Supposition) -> None:
    """Invited, and in at once."""
    person_id, role = _person(supposed), _role(supposed)
    here = supposed.workspace_id
    agency.invite(here, supposed.by, supposed.new_id, person_id, role, because=supposed.because)
    accepted = replace(supposed.because, actor=f"person:{person_id}")
    agency.accept_invitation(here, supposed.new_id, because=accepted)


def _change_role(agency: Agency, supposed: Supposition) -> None:
    person_id, role = _person(supposed), _role(supposed)
    agency.change_role(supposed.workspace_id, supposed.by, person_id, role, because=supposed.because)


def _remove_member(agency: Agency, supposed: Supposition) -> None:
    person_id = _person(supposed)
    if person_id not in agency.workspace(supposed.workspace_id).members:
        raise Refused(Refusal.NOT_A_MEMBER)
    agency.remove_member(supposed.workspace_id, supposed.by, person_id, because=supposed.because)


def _person(supposed: Supposition) -> UUID:
    assert supposed.person_id is not None, "asked of whoever supposes it"
    return supposed.person_id


def _role(supposed: Supposition) -> Role:
    assert supposed.role is not None, "asked of whoever supposes it"
    return supposed.role


DONE: dict[Deed, Callable[[Agency, Supposition], None]] = {
    Deed.REACTIVATE: _reactivate,
    Deed.CANCEL: _cancel,
    Deed.END: _end,
    Deed.CHANGE_PLAN: _change_plan,
    Deed.PAY: _pay,
    Deed.ADD_CHILD: _add_child,
    Deed.REMOVE_CHILD: _remove_child,
    Deed.ADD_MEMBER: _add_member,
    Deed.CHANGE_ROLE: _change_role,
    Deed.REMOVE_MEMBER: _remove_member,
}
