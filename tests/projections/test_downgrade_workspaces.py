"""What a downgrade changed: every workspace before and after, whom it kept, and how long it took."""

from __future__ import annotations

from datetime import timedelta

from domain.permissions import Role
from tests.histories.life import (
    ACME,
    ADAM,
    ANA,
    ANCHOR,
    BEN,
    BIRCH,
    EVE,
    VERA,
    an_agency,
    digest,
    everything_once,
    named,
)
from tests.projections.explained import explained, run_out


def test_every_workspace_is_shown_before_and_after():
    life = run_out(an_agency())

    story = explained(life)

    assert [
        (one.workspace_id, one.was_anchor, one.plan_from, one.plan_to, one.parent_id_from)
        for one in story.workspaces
    ] == [
        (ANCHOR, True, "agency", "free", None),
        (ACME, False, "agency", "free", ANCHOR),
        (BIRCH, False, "agency", "free", ANCHOR),
    ]
    assert {(one.pool_events_from, one.quota_events_to) for one in story.workspaces} == {(25_000, 500)}


def test_members_keep_the_roles_they_had_at_that_moment():
    life = an_agency()
    life.agency.change_role(ACME, ANA, BEN, Role.VIEWER, because=life.by(ANA))
    run_out(life)
    life.agency.remove_member(ACME, ANA, VERA, because=life.by(ANA))

    acme = explained(life).workspaces[1]

    assert [(one.person_id, one.role) for one in acme.members] == [
        (ANA, Role.OWNER),
        (BEN, Role.VIEWER),
        (VERA, Role.VIEWER),
    ]
    assert acme.members[0].joined_at < acme.members[1].joined_at
    assert [(one.person_id, one.actor) for one in acme.members_left] == [(EVE, f"person:{ANA}")]


def test_someone_who_left_and_came_back_is_a_member_and_did_not_leave():
    life = an_agency()
    life.join(ACME, EVE, Role.VIEWER)
    run_out(life)

    acme = explained(life).workspaces[1]

    assert (EVE, Role.VIEWER) in [(one.person_id, one.role) for one in acme.members]
    assert acme.members_left == ()


def test_staff_who_could_enter_only_through_the_anchor_lose_sight_of_the_children():
    life = run_out(an_agency())

    story = explained(life)

    assert [one.lost_sight for one in story.workspaces] == [(), (ADAM,), (ADAM,)]


def test_a_child_that_was_deleted_before_is_no_part_of_it():
    life = everything_once()

    story = explained(life)

    assert [one.workspace_id for one in story.workspaces] == [ANCHOR, ACME]
    assert [(one.workspace_id, one.name_digest) for one in story.deleted] == [(BIRCH, digest("Birch & Sons"))]


def test_the_whole_tree_went_down_in_one_transaction():
    life = run_out(an_agency())

    story = explained(life)

    assert story.end is not None
    assert story.end.one_transaction
    appends = {step.append for step in story.steps if step.name == "Workspace.Downgraded"}
    assert len(appends) == 1


def test_the_steps_are_in_order_and_say_how_long_each_took():
    life = run_out(an_agency())

    story = explained(life)

    assert [step.name for step in story.steps] == [
        "Tree.SubscriptionStarted",
        "StripeNotice.Received",
        "Tree.CancellationScheduled",
        "StripeNotice.Received",
        "Tree.SubscriptionEnded",
        "Workspace.Downgraded",
        "Workspace.Downgraded",
        "Workspace.Downgraded",
        "StripeNotice.ActedOn",
    ]
    assert story.steps[2].after == timedelta(seconds=2)
    assert story.spans is not None
    assert story.spans.notice_took == timedelta(seconds=3)
    assert story.spans.acting_took == timedelta(seconds=2)
    assert story.spans.whole == timedelta(seconds=5)


def test_what_happened_after_the_end_changes_nothing_in_the_story():
    life = run_out(an_agency())
    before = explained(life)
    life.days_later(1).agency.rename(ANCHOR, ANA, digest("Dim Signal"), because=life.by(ANA))
    life.agency.choose_plan(ANCHOR, ANA, "agency", named("second tree"), because=life.by(ANA))

    after = explained(life)

    assert after == before
