"""History is always readable: no rule, however tight it has become, speaks when facts are replayed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain import keyring, membership, placement, subscription, visibility
from domain.facts import AGGREGATES, METERED, facts_of
from domain.recorded import Recorded, fold
from domain.refusals import Refusal
from domain.tree import Tree, TreeStatus
from domain.usage import Usage
from scripts.docs.catalogue import all_fact_kinds
from tests.histories.life import ACME, ANA, BEN, TREE, Life, everything_once, named

RULES = {
    membership: (
        "why_not_invite",
        "why_not_resend",
        "why_not_accept",
        "why_not_change_role",
        "why_not_transfer",
        "why_not_remove",
    ),
    visibility: ("why_not_set_defaults",),
    subscription: ("why_not_cancel", "why_not_reactivate", "why_not_change", "why_not_change_plan"),
    placement: ("why_not_delete", "why_not_close", "why_not_adopt"),
    keyring: ("why_not_issue", "why_not_replace"),
    Tree: ("why_not_add_child",),
}


@pytest.fixture(scope="module")
def life() -> Life:
    return everything_once()


@pytest.fixture
def _tightened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tomorrow's rules: nothing is allowed any more, and every limit is zero."""
    for limit in ("MEMBERS_MAX", "INVITATIONS_OPEN_MAX", "INVITATION_DAYS"):
        monkeypatch.setattr(membership, limit, 0)
    monkeypatch.setattr(keyring, "KEYS_MAX", 0)
    for home, rules in RULES.items():
        for rule in rules:
            monkeypatch.setattr(home, rule, lambda *_, **__: Refusal.WORKSPACE_DELETED)


def streams(life: Life) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for fact in life.facts:
        found.setdefault(fact.stream, []).append(fact.event)
    return found


def state(aggregate: Recorded) -> dict[str, Any]:
    """Everything that it is, without what the library keeps."""
    return {name: value for name, value in vars(aggregate).items() if not name.startswith("_")}


@pytest.mark.usefixtures("_tightened")
def test_every_fact_replays_under_rules_that_refuse_everything(life):
    folded = {stream: fold(None, events) for stream, events in streams(life).items()}

    assert {type(one) for one in folded.values()} == {*AGGREGATES} - METERED
    assert folded[TREE].status is TreeStatus.ENDED
    assert folded[ACME].members[BEN] == "viewer"


def test_a_replay_is_what_the_commands_left(life):
    for stream, events in streams(life).items():
        one_by_one, at_once = None, fold(None, events)
        for event in events:
            one_by_one = fold(one_by_one, [event])

        assert state(one_by_one) == state(at_once)
        assert at_once.version == events[-1].originator_version == len(events), stream


def test_every_version_of_the_past_can_be_read(life):
    newest = {stream: len(events) for stream, events in streams(life).items()}

    for version in range(1, newest[TREE] + 1):
        assert life.agency.tree(TREE, version).version == version
    for version in range(1, newest[ACME] + 1):
        assert ANA in life.agency.workspace(ACME, version).members


def test_every_fact_of_the_catalogue_is_in_the_life_that_is_replayed(life):
    lived = {type(fact.event) for fact in life.facts}

    assert lived == {kind.event_class for kind in all_fact_kinds()} - {
        fact for one in METERED for fact in facts_of(one)
    }


def test_every_fact_says_who_why_and_since_when(life):
    for fact in life.facts:
        event = fact.event

        assert event.actor.partition(":")[0] in {"person", "stripe", "clock"}
        assert event.cause.partition(":")[0] in {"request", "notice", "tick", "fact"}
        assert event.story.partition(":")[0] in {"request", "notice", "tick"}
        assert event.timestamp.utcoffset().total_seconds() == 0


def test_a_notice_is_acted_on_once():
    life = everything_once()
    notice = life.agency.notice("evt_end")

    notice.act_on("nothing_to_do", None, because=life.by_stripe("evt_end"))

    assert notice.outcome == "synced"
    assert not notice.pending_events


def test_an_invoice_is_noted_when_it_changed_and_only_then():
    life = everything_once()
    recorded = len(life.facts)
    life.invoice("in_new", "open")

    life.invoice("in_new", "open")
    life.invoice("in_new", "paid")

    assert [fact.name for fact in life.facts[recorded:]] == ["Invoice.Opened", "Invoice.Changed"]


def test_a_batch_of_usage_is_one_fact_with_a_stream_of_its_own():
    life = Life()

    usage = Usage.count(
        named("batch"),
        workspace_id=ACME,
        tree_id=TREE,
        pool_id=TREE,
        meter="events",
        quantity=3,
        cycle_started_at=life.now,
        rows_sha256="0" * 64,
        because=life.by(ANA),
    )

    (counted,) = usage.pending_events
    assert (type(counted), counted.quantity, counted.originator_version) == (Usage.Counted, 3, 1)
