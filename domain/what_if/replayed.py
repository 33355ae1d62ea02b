"""What people did, done once more: which command a fact of the record came of, in the same name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from domain.agency import Agency
from domain.api_keys import OVERLAPS
from domain.because import Because
from domain.billing import DisputeSeen
from domain.fact import Fact
from domain.person import take_leave
from domain.refusals import Unknown
from domain.tree import Tree
from domain.visibility import Area, Visibility
from domain.workspace import Workspace

Command = Callable[[Agency, Fact, Any, Because], None]


def because_of(event: Any) -> Because:
    return Because(actor=event.actor, cause=event.cause, story=event.story, at=event.timestamp)


def _person(because: Because) -> UUID:
    """Whoever gave the command; commands of people are given by people."""
    kind, _, known_as = because.actor.partition(":")
    if kind != "person":
        raise Unknown(because.actor)
    return UUID(known_as)


def _did_it_for_somebody(person_id: UUID, because: Because) -> bool:
    """Who erases a person is not always a person, and asks for no permission in each workspace."""
    return because.actor == f"person:{person_id}" or not because.actor.startswith("person:")


# Workspaces.


def _open(agency: Agency, fact: Fact, event: Workspace.Opened, because: Because) -> None:
    """Whoever opens a workspace owns it, or else leads the agency that it is opened in."""
    if event.tree_id is None:
        agency.sign_up(fact.stream, event.owner_id, event.name_digest, because=because)
    else:
        agency.create_child(event.tree_id, event.owner_id, fact.stream, event.name_digest, because=because)


def _adopt(agency: Agency, fact: Fact, event: Workspace.Adopted, because: Because) -> None:
    assert event.tree_id is not None
    agency.adopt(event.tree_id, _person(because), fact.stream, because=because)


def _delete(agency: Agency, fact: Fact, event: Workspace.Deleted, because: Because) -> None:
    agency.delete_child(fact.stream, _person(because), because=because)


def _close(agency: Agency, fact: Fact, event: Workspace.Closed, because: Because) -> None:
    owner_id = next(iter(agency.workspace(fact.stream).members))  # it is only of them
    person_id = _person(because) if because.actor.startswith("person:") else owner_id
    agency.close_workspace(fact.stream, person_id, because=because)


def _rename(agency: Agency, fact: Fact, event: Workspace.Renamed, because: Because) -> None:
    agency.rename(fact.stream, _person(because), event.name_digest, because=because)


def _set_rate(agency: Agency, fact: Fact, event: Workspace.HourlyRateSet, because: Because) -> None:
    agency.set_hourly_rate(fact.stream, _person(because), event.hourly_rate_cents, because=because)


def _show(agency: Agency, fact: Fact, event: Workspace.VisibilitySet, because: Because) -> None:
    assert event.tree_id is not None, "an agency shows its children"
    levels = Visibility.said_by(event)
    changes = {area: levels.of(area) for area in Area}
    agency.set_visibility(event.tree_id, _person(because), [fact.stream], changes, because=because)


def _show_new(agency: Agency, fact: Fact, event: Tree.VisibilityDefaultsSet, because: Because) -> None:
    wanted = Visibility.said_by(event)
    agency.set_visibility_defaults(fact.stream, _person(because), wanted, because=because)


def _set_budget(agency: Agency, fact: Fact, event: Workspace.BudgetSet, because: Because) -> None:
    agency.set_budget(fact.stream, _person(because), event.limit_micros, event.stops, because=because)


def _raise_budget(agency: Agency, fact: Fact, event: Workspace.BudgetRaised, because: Because) -> None:
    raised = event.limit_micros, event.reason_digest
    agency.raise_budget(fact.stream, _person(because), *raised, because=because)


def _remove_budget(agency: Agency, fact: Fact, event: Workspace.BudgetRemoved, because: Because) -> None:
    agency.remove_budget(fact.stream, _person(because), because=because)


# Members.


def _invite(agency: Agency, fact: Fact, event: Workspace.MemberInvited, because: Because) -> None:
    invited = event.invitation_id, event.person_id, event.role
    agency.invite(fact.stream, _person(because), *invited, because=because)


def _resend(agency: Agency, fact: Fact, event: Workspace.InvitationResent, because: Because) -> None:
    agency.resend_invitation(fact.stream, _person(because), event.invitation_id, because=because)


def _revoke(agency: Agency, fact: Fact, event: Workspace.InvitationRevoked, because: Because) -> None:
    if _did_it_for_somebody(event.person_id, because):
        _take_leave(agency, fact.stream, event.person_id, because)
    else:
        agency.revoke_invitation(fact.stream, _person(because), event.invitation_id, because=because)


def _join(agency: Agency, fact: Fact, event: Workspace.MemberJoined, because: Because) -> None:
    agency.accept_invitation(fact.stream, event.invitation_id, because=because)


def _change_role(agency: Agency, fact: Fact, event: Workspace.RoleChanged, because: Because) -> None:
    agency.change_role(fact.stream, _person(because), event.person_id, event.role_to, because=because)


def _hand_on(agency: Agency, fact: Fact, event: Workspace.OwnershipTransferred, because: Because) -> None:
    heir = event.successor_id, event.role_to
    agency.transfer_ownership(fact.stream, event.person_id, *heir, because=because)


def _remove(agency: Agency, fact: Fact, event: Workspace.MemberRemoved, because: Because) -> None:
    if _did_it_for_somebody(event.person_id, because):
        _take_leave(agency, fact.stream, event.person_id, because)
    else:
        agency.remove_member(fact.stream, _person(because), event.person_id, because=because)


def _take_leave(agency: Agency, workspace_id: UUID, person_id: UUID, because: Because) -> None:
    workspace = agency.workspace(workspace_id)
    take_leave(workspace, person_id, because=because)
    agency.save(workspace)


# Keys.


def _issue(agency: Agency, fact: Fact, event: Workspace.KeyIssued, because: Because) -> None:
    agency.issue_key(
        fact.stream,
        _person(because),
        key_id=event.key_id,
        mode=event.mode,
        scopes=event.scopes,
        secret_mac=event.secret_mac,
        because=because,
    )


def _replace(agency: Agency, fact: Fact, event: Workspace.KeyReplaced, because: Because) -> None:
    """Its successor was issued just before, in the same append."""
    lasts = event.expires_at - because.at
    agency.replace_key(
        fact.stream,
        _person(because),
        event.key_id,
        successor_id=event.successor_id,
        secret_mac="",
        overlap=next(one for one, span in OVERLAPS.items() if span == lasts),
        because=because,
    )


def _revoke_key(agency: Agency, fact: Fact, event: Workspace.KeyRevoked, because: Because) -> None:
    agency.revoke_key(fact.stream, _person(because), event.key_id, because=because)


# What was asked of Stripe; its answer is in the record, too.


def _choose_plan(agency: Agency, fact: Fact, event: Workspace.PlanChosen, because: Because) -> None:
    assert event.tree_id is not None
    agency.choose_plan(fact.stream, _person(because), event.plan, event.tree_id, because=because)


def _cancel(agency: Agency, fact: Fact, event: Any, because: Because) -> None:
    agency.request_cancellation(fact.stream, _person(because), because=because)


def _reactivate(agency: Agency, fact: Fact, event: Any, because: Because) -> None:
    agency.request_reactivation(fact.stream, _person(because), because=because)


def _end(agency: Agency, fact: Fact, event: Any, because: Because) -> None:
    agency.request_end(fact.stream, _person(because), because=because)


def _request_plan(agency: Agency, fact: Fact, event: Tree.PlanChangeRequested, because: Because) -> None:
    agency.request_plan(fact.stream, _person(because), event.plan, because=because)


def _refuse(agency: Agency, fact: Fact, event: Tree.RequestRefused, because: Because) -> None:
    tree = agency.tree(fact.stream)
    if tree.asked is not None and tree.asked[0] == event.request:
        agency.refuse_request(fact.stream, tree.asked_at_version, event.code, because=because)


def _dispute(agency: Agency, fact: Fact, event: Tree.PaymentDisputed, because: Because) -> None:
    seen = DisputeSeen(
        dispute_id=event.dispute_id,
        customer_id=None,
        status=event.status,
        reason=event.reason,
        amount_cents=event.amount_cents,
        currency=event.currency,
    )
    agency.note_dispute(fact.stream, seen, because=because)


REPLAYED: dict[type, Command] = {
    Workspace.Opened: _open,
    Workspace.Adopted: _adopt,
    Workspace.Deleted: _delete,
    Workspace.Closed: _close,
    Workspace.Renamed: _rename,
    Workspace.HourlyRateSet: _set_rate,
    Workspace.VisibilitySet: _show,
    Tree.VisibilityDefaultsSet: _show_new,
    Workspace.BudgetSet: _set_budget,
    Workspace.BudgetRaised: _raise_budget,
    Workspace.BudgetRemoved: _remove_budget,
    Workspace.MemberInvited: _invite,
    Workspace.InvitationResent: _resend,
    Workspace.InvitationRevoked: _revoke,
    Workspace.MemberJoined: _join,
    Workspace.RoleChanged: _change_role,
    Workspace.OwnershipTransferred: _hand_on,
    Workspace.MemberRemoved: _remove,
    Workspace.KeyIssued: _issue,
    Workspace.KeyReplaced: _replace,
    Workspace.KeyRevoked: _revoke_key,
    Workspace.PlanChosen: _choose_plan,
    Tree.CancellationRequested: _cancel,
    Tree.ReactivationRequested: _reactivate,
    Tree.EndRequested: _end,
    Tree.PlanChangeRequested: _request_plan,
    Tree.RequestRefused: _refuse,
    Tree.PaymentDisputed: _dispute,
}
OF_EVERY_FACT = frozenset(
    {"originator_id", "originator_version", "originator_topic", "timestamp", "actor", "cause", "story"}
)


def repeat(agency: Agency, fact: Fact) -> None:
    """As it was, without a command: of what lies outside of the copy no command knows enough."""
    event, because = fact.event, because_of(fact.event)
    fields = {name: value for name, value in vars(event).items() if name not in OF_EVERY_FACT}
    if isinstance(event, Workspace.Opened):
        agency.save(Workspace.open(fact.stream, because=because, **fields))
        return
    workspace = agency.workspace(fact.stream)
    workspace.record(type(event), because, **fields)
    agency.save(workspace)
