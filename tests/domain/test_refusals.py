"""Every "no" of the domain: a command reaches it, it has words, and it leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from domain import subscription
from domain.api_keys import KEYS_MAX, Overlap
from domain.membership import INVITATION_DAYS, INVITATIONS_OPEN_MAX, SENT_APART, SENT_MAX
from domain.permissions import Role
from domain.plans import FREE
from domain.refusals import MESSAGES, Refusal, Refused
from domain.tree import Tree
from tests.domain import customers, refused_holding, refused_spending, signing_on, voiced
from tests.domain.acts import a_full_workspace, invite
from tests.domain.budgets import OF_BUDGETS
from tests.histories.life import (
    ACME,
    ADAM,
    ANA,
    ANCHOR,
    BEN,
    BIRCH,
    EVE,
    TREE,
    Life,
    an_agency,
    digest,
    named,
)

Last = Callable[[], object]
REACHES: dict[Refusal, Callable[[Life], Last]] = {}


def reaches(refusal: Refusal) -> Callable[[Callable[[Life], Last]], None]:
    """Mark what leads up to a refusal; it answers with the command that meets it."""

    def mark(given: Callable[[Life], Last]) -> None:
        assert refusal not in REACHES
        REACHES[refusal] = given

    return mark


def issue_key(life: Life, number: int, *scopes: str) -> None:
    life.agency.issue_key(
        ACME,
        ANA,
        key_id=f"key{number:05}",
        mode="live",
        scopes=scopes,
        secret_mac="0" * 64,
        because=life.by(ANA),
    )


@reaches(Refusal.WORKSPACE_DELETED)
def _(life: Life) -> Last:
    life.agency.delete_child(BIRCH, ANA, because=life.by(ANA))
    return lambda: life.agency.rename(BIRCH, ANA, digest("Beech"), because=life.by(ANA))


@reaches(Refusal.ROLE_TOO_LOW)
def _(life: Life) -> Last:
    return lambda: life.agency.create_child(TREE, BEN, named("new"), digest("New"), because=life.by(BEN))


@reaches(Refusal.ROLE_NOT_YOURS_TO_GIVE)
def _(life: Life) -> Last:
    return lambda: invite(life, ADAM, EVE, Role.OWNER)


@reaches(Refusal.NO_AGENCY_PLAN)
def _(life: Life) -> Last:
    tree = Tree.found(named("small tree"), ANCHOR, "pro", None, because=life.by(ANA))
    subscription.start(tree, life.subscription(plan="pro"), because=life.by_stripe("evt_pro"))
    life.agency.save(tree)
    return lambda: life.agency.create_child(tree.id, ANA, named("new"), digest("New"), because=life.by(ANA))


@reaches(Refusal.NOT_PAID_YET)
def _(life: Life) -> Last:
    alone, tree_id = named("alone"), named("unpaid tree")
    life.agency.sign_up(alone, EVE, digest("Alone"), because=life.by(EVE))
    life.agency.choose_plan(alone, EVE, "agency", tree_id, because=life.by(EVE))
    return lambda: life.agency.create_child(tree_id, EVE, named("new"), digest("New"), because=life.by(EVE))


@reaches(Refusal.TREE_ENDED)
def _(life: Life) -> Last:
    life.ended()
    return lambda: life.agency.request_reactivation(TREE, ANA, because=life.by(ANA))


@reaches(Refusal.TREE_IS_FULL)
def _(life: Life) -> Last:
    for name in ("third", "fourth"):
        life.agency.create_child(TREE, ANA, named(name), digest(name), because=life.by(ANA))
    return lambda: life.agency.create_child(TREE, ANA, named("fifth"), digest("fifth"), because=life.by(ANA))


@reaches(Refusal.ALREADY_SUBSCRIBED)
def _(life: Life) -> Last:
    return lambda: life.agency.choose_plan(ANCHOR, ANA, "agency", named("second"), because=life.by(ANA))


@reaches(Refusal.NOT_SUBSCRIBED)
def _(life: Life) -> Last:
    alone, tree_id = named("alone"), named("unpaid tree")
    life.agency.sign_up(alone, EVE, digest("Alone"), because=life.by(EVE))
    life.agency.choose_plan(alone, EVE, "agency", tree_id, because=life.by(EVE))
    return lambda: life.agency.request_cancellation(tree_id, EVE, because=life.by(EVE))


@reaches(Refusal.NOTHING_SCHEDULED)
def _(life: Life) -> Last:
    return lambda: life.agency.request_reactivation(TREE, ADAM, because=life.by(ADAM))


@reaches(Refusal.ALREADY_SCHEDULED)
def _(life: Life) -> Last:
    life.cancelled_in_portal("evt_cancel")
    return lambda: life.agency.request_cancellation(TREE, ADAM, because=life.by(ADAM))


@reaches(Refusal.CANCELLATION_SCHEDULED)
def _(life: Life) -> Last:
    life.cancelled_in_portal("evt_cancel")
    return lambda: life.agency.request_plan(TREE, ANA, "pro", because=life.by(ANA))


@reaches(Refusal.PAYMENT_OUTSTANDING)
def _(life: Life) -> Last:
    life.notice("evt_failed", "invoice.payment_failed", life.subscription(status="past_due"))
    return lambda: life.agency.request_plan(TREE, ANA, "pro", because=life.by(ANA))


@reaches(Refusal.SAME_PLAN)
def _(life: Life) -> Last:
    return lambda: life.agency.request_plan(TREE, ANA, "agency", because=life.by(ANA))


@reaches(Refusal.NOT_YOURS_TO_ADOPT)
def _(life: Life) -> Last:
    life.agency.sign_up(named("alone"), EVE, digest("Alone"), because=life.by(EVE))
    return lambda: life.agency.adopt(TREE, ANA, named("alone"), because=life.by(ANA))


@reaches(Refusal.NOT_ALONE)
def _(life: Life) -> Last:
    other, tree_id = named("other agency"), named("other tree")
    life.agency.sign_up(other, ANA, digest("Other"), because=life.by(ANA))
    life.agency.choose_plan(other, ANA, "agency", tree_id, because=life.by(ANA))
    seen = replace(life.subscription(), tree_id=tree_id, subscription_id="sub_other")
    life.agency.sync_subscription(tree_id, seen, because=life.by_stripe("evt_other"))
    return lambda: life.agency.adopt(TREE, ANA, other, because=life.by(ANA))


@reaches(Refusal.ALREADY_MEMBER)
def _(life: Life) -> Last:
    return lambda: invite(life, ANA, BEN, Role.VIEWER)


@reaches(Refusal.NOT_A_MEMBER)
def _(life: Life) -> Last:
    return lambda: life.agency.change_role(ACME, ANA, EVE, Role.MEMBER, because=life.by(ANA))


@reaches(Refusal.WORKSPACE_IS_FULL)
def _(life: Life) -> Last:
    full = a_full_workspace(life)
    return lambda: invite(life, ANA, EVE, Role.VIEWER, workspace=full)


@reaches(Refusal.TOO_MANY_INVITATIONS)
def _(life: Life) -> Last:
    for _once_more in range(INVITATIONS_OPEN_MAX):
        invite(life, ANA, named("one guest, who needs one seat"), Role.VIEWER)
    return lambda: invite(life, ANA, EVE, Role.VIEWER)


@reaches(Refusal.INVITATION_NOT_OPEN)
def _(life: Life) -> Last:
    invitation = invite(life, ANA, EVE, Role.VIEWER)
    life.agency.revoke_invitation(ACME, ANA, invitation, because=life.by(ANA))
    return lambda: life.agency.accept_invitation(ACME, invitation, because=life.by(EVE))


@reaches(Refusal.INVITATION_EXPIRED)
def _(life: Life) -> Last:
    invitation = invite(life, ANA, EVE, Role.VIEWER)
    life.days_later(INVITATION_DAYS)
    return lambda: life.agency.accept_invitation(ACME, invitation, because=life.by(EVE))


@reaches(Refusal.SEATS_USED_UP)
def _(life: Life) -> Last:
    alone = named("alone")
    life.agency.sign_up(alone, ANA, digest("Alone"), because=life.by(ANA))
    for number in range(FREE.seats_max - 1):
        invite(life, ANA, named(f"guest {number}"), Role.VIEWER, workspace=alone)
    return lambda: invite(life, ANA, EVE, Role.VIEWER, workspace=alone)


@reaches(Refusal.SENT_JUST_NOW)
def _(life: Life) -> Last:
    invitation = invite(life, ANA, EVE, Role.VIEWER)
    return lambda: life.agency.resend_invitation(ACME, ANA, invitation, because=life.by(ANA))


@reaches(Refusal.SENT_TOO_OFTEN)
def _(life: Life) -> Last:
    invitation = invite(life, ANA, EVE, Role.VIEWER)
    for _again in range(SENT_MAX - 1):
        life.now += SENT_APART
        life.agency.resend_invitation(ACME, ANA, invitation, because=life.by(ANA))
    life.now += SENT_APART
    return lambda: life.agency.resend_invitation(ACME, ANA, invitation, because=life.by(ANA))


@reaches(Refusal.LAST_OWNER)
def _(life: Life) -> Last:
    return lambda: life.agency.remove_member(ACME, ANA, ANA, because=life.by(ANA))


@reaches(Refusal.CHILDREN_EXIST)
def _(life: Life) -> Last:
    return lambda: life.agency.delete_child(ANCHOR, ANA, because=life.by(ANA))


@reaches(Refusal.NOT_A_CHILD)
def _(life: Life) -> Last:
    for child_id in (ACME, BIRCH):
        life.agency.delete_child(child_id, ANA, because=life.by(ANA))
    return lambda: life.agency.delete_child(ANCHOR, ANA, because=life.by(ANA))


@reaches(Refusal.SCOPES_UNKNOWN)
def _(life: Life) -> Last:
    return lambda: issue_key(life, 1)


@reaches(Refusal.KEY_IS_OVER)
def _(life: Life) -> Last:
    issue_key(life, 1, "track")
    life.agency.revoke_key(ACME, ANA, "key00001", because=life.by(ANA))
    return lambda: life.agency.replace_key(
        ACME,
        ANA,
        "key00001",
        successor_id="key00002",
        secret_mac="0" * 64,
        overlap=Overlap.HOUR,
        because=life.by(ANA),
    )


@reaches(Refusal.TOO_MANY_KEYS)
def _(life: Life) -> Last:
    for number in range(KEYS_MAX):
        issue_key(life, number, "track")
    return lambda: issue_key(life, KEYS_MAX, "track")


for known in (signing_on, refused_spending, customers, refused_holding, voiced):
    REACHES |= known.REACHED
REACHES |= OF_BUDGETS


def test_the_table_the_enum_and_the_messages_have_one_order():
    assert list(REACHES) == list(Refusal)
    assert list(MESSAGES) == list(Refusal)


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_is_reached_by_a_command_and_records_nothing(refusal):
    life = an_agency()
    last = REACHES[refusal](life)
    recorded = len(life.facts)

    with pytest.raises(Refused) as refused:
        last()

    assert refused.value.refusal is refusal
    assert len(life.facts) == recorded


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_says_what_is_so_and_what_to_do(refusal):
    refused = Refused(refusal)

    assert refused.message.endswith(".")
    assert refused.hint.endswith(".")
    assert refusal.value == refusal.name.lower()
