"""An agency lives, is billed and is downgraded, and one can see why: the main job, from end to end."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner

from adapters.stripe.client import client_for
from domain.plans import AGENCY, FREE
from projections.catalogue import INVOICE_HISTORY, POOLED_USAGE
from projections.history.downgrade import explain
from scripts.cli import main
from tests.story.acts import CLIENTS, EVENT, Story

ALL = ("Bright Signal", *CLIENTS)


def notices_of_the_end(story: Story) -> tuple[str, str]:
    """As Stripe itself tells them: the first that it sent when the subscription was over, which made us
    ask, and the one that says it is over. Stripe promises no order."""
    client = client_for(
        "sk_test_story",
        base_url="http://stripe.localhost",
        timeout_seconds=5,
        http_client=story.house.stripe.http_client(),
    )
    assert story.ends_at is not None
    since = int(story.ends_at.timestamp())
    events = [event for event in client.v1.events.list({"limit": 100}).data if event.created >= since]
    (word,) = [event.id for event in events if event.type == "customer.subscription.deleted"]
    return events[-1].id, word  # they are listed newest first


def test_signing_up_leads_over_the_mail_and_the_checkout_to_a_paid_agency(story):
    checkout, back = story.seen["checkout"], story.seen["back from the checkout"]

    assert "249.00" in checkout.text
    assert "ana@example.com" in checkout.text
    assert (back.status, back.url.rpartition("/")[2]) == (200, "billing")
    assert "Agency, € 249.00 a month" in back.text


def test_the_anchor_and_four_children_are_five_workspaces(story):
    page = story.seen["four children"]

    assert "5 of 5, all under the Agency plan" in page.text
    assert set(CLIENTS) <= set(page.links)
    assert page.codes == ["tree_is_full"]


def test_a_fifth_child_is_refused_with_a_reason_and_a_way_to_talk_to_us(story):
    page = story.seen["a fifth"]

    assert page.status == 409
    assert "tree_is_full" in page.codes
    assert "Talk to us" in page.links
    assert "Elm" not in page.links


def test_at_the_edge_of_the_pool_nothing_is_to_be_paid(story):
    page = story.seen["billing at 25,000"]

    assert "25,000 of 25,000 events (100.0%)" in page.text
    assert "Overage so far € 0.00" in page.text


def test_sixty_thousand_above_the_pool_cost_290_euros(story):
    page = story.seen["billing at 85,000"]

    assert "85,000 of 25,000 events (340.0%)" in page.text
    assert "Overage so far € 290.00" in page.text
    assert "50,000 € 0.005 € 250.00" in page.text
    assert "10,000 € 0.004 € 40.00" in page.text


def test_what_each_workspace_tracked_adds_up_to_the_pool(story):
    house = story.house

    with house.database.reading() as db:
        (cycle,) = POOLED_USAGE.cycles_of_tree(db, story.tree_id)
        drawn = POOLED_USAGE.of_tree(db, story.tree_id, cycle.cycle_started_at)

    assert {row.workspace_id: row.events for row in drawn} == {
        story.workspaces["Bright Signal"]: 10_000,
        story.workspaces["Acme"]: 30_000,
        story.workspaces["Birch"]: 14_990,
        story.workspaces["Cedar"]: 10,
        story.workspaces["Dune"]: 30_000,
    }
    assert (cycle.used, cycle.overage_events, cycle.overage_micros) == (85_000, 60_000, 290_000_000)


def test_each_cancellation_in_the_portal_is_seen_on_the_billing_page(story):
    first, second = (story.seen[f"billing, cancelled a {number} time"] for number in ("first", "second"))

    for page in (first, second):
        assert "The Agency plan ends on 1 Apr 2026, 09:00 UTC." in page.text
        assert any("Reactivate" in form.buttons for form in page.forms)
    assert "Ends on 1 April 2026" in story.seen["portal, first time"].text


def test_after_the_reactivation_the_tree_is_as_it_was(story):
    page = story.seen["reactivated"]

    assert page.status == 200
    assert "Status active" in page.text
    assert not any("Reactivate" in form.buttons for form in page.forms)


def test_afterwards_there_are_five_free_workspaces_that_stand_alone(story):
    pages = [story.seen[f"{name} after the end"] for name in ALL]

    assert [page.status for page in pages] == [200] * 5
    assert all("Plan Free" in page.text for page in pages)
    assert all("0 of 500 events (0.0%)" in page.text for page in pages)
    workspaces = [story.house.agency.workspace(story.workspaces[name]) for name in ALL]
    assert {(one.plan, one.parent_id, one.tree_id) for one in workspaces} == {("free", None, None)}


@pytest.mark.parametrize(
    ("workspace", "members"),
    [
        ("Bright Signal", {"Ana": "owner", "Adam": "admin"}),
        ("Acme", {"Ana": "owner", "Ben": "member", "Vera": "viewer"}),
        ("Birch", {"Ana": "owner", "Olga": "owner"}),
        ("Cedar", {"Ana": "owner"}),
        ("Dune", {"Ana": "owner"}),
    ],
)
def test_every_member_keeps_the_role_and_the_access(story, workspace, members):
    workspace_id = story.workspaces[workspace]

    page = story.ana.open(f"http://localhost/w/{workspace_id}/members")
    answers = {
        name: browser.open(f"http://localhost/w/{workspace_id}/").status
        for name, browser in story.browsers.items()
    }

    kept = story.house.agency.workspace(workspace_id).members
    people = story.house.services.vault.people(kept)
    assert {people[person_id].name: role.value for person_id, role in kept.items()} == members
    assert all(f"{name.lower()}@example.com" in page.text for name in members)
    assert answers == {name: 200 if name in members else 404 for name in story.browsers}


@pytest.mark.parametrize("name", ALL)
def test_each_workspace_falls_back_to_a_quota_of_its_own(story, name):
    first = story.post(name, "/track/batch", {"events": [EVENT] * FREE.pool_events})

    more = story.post(name, "/track", EVENT)

    assert first["recorded"] == FREE.pool_events
    assert more["error"]["code"] == "quota_exceeded"
    assert "2026-05-01" in more["error"]["hint"]


def test_the_last_invoice_holds_the_overage_in_two_bands_and_is_in_the_history(story):
    with story.house.database.reading() as db:
        last, first = INVOICE_HISTORY.of_tree(db, story.tree_id)
        lines = INVOICE_HISTORY.lines_of_tree(db, story.tree_id, last.invoice_id)

    assert [(line.quantity, line.unit_micros, line.amount_cents) for line in lines] == [
        (50_000, 5_000, 25_000),
        (10_000, 4_000, 4_000),
    ]
    assert (last.status, last.total_cents, last.paid_cents) == ("paid", 29_000, 29_000)
    assert (first.status, first.total_cents) == ("paid", AGENCY.price_cents)
    assert f"{last.number} 1 Apr 2026" in story.seen["billing after the end"].text
    assert "paid € 290.00" in story.seen["billing after the end"].text


def test_stripe_has_the_same_invoice_line_by_line(story):
    subscription_id = story.house.agency.tree(story.tree_id).subscription_id

    last, first = story.house.wiring.gateway.invoices(subscription_id)

    assert [(line.quantity, line.amount_cents) for line in last.lines] == [(50_000, 25_000), (10_000, 4_000)]
    assert (last.total_cents, first.total_cents) == (29_000, 24_900)


def test_the_page_names_the_notice_and_everyone_it_touched(story):
    page = story.seen["how it happened"]

    assert page.status == 200
    assert all(notice_id in page.html for notice_id in notices_of_the_end(story))
    assert all(name in page.text for name in (*ALL, "Ana", "Adam", "Ben", "Vera", "Olga"))


def test_explain_names_the_notice_that_did_it(story):
    first, word = notices_of_the_end(story)

    told = explain(story.house.services.evidence.of_tree(story.tree_id))

    assert told is not None
    assert told.end is not None
    assert told.end.hand.notice is not None
    assert told.end.word_of_stripe is not None
    assert (told.end.hand.actor, told.end.hand.cause) == ("stripe", f"notice:{first}")
    assert told.end.hand.notice.notice_id == first
    assert told.end.word_of_stripe.notice_id == word
    assert told.end.one_transaction


def test_explain_knows_every_workspace_and_the_cancellation_that_was_taken_back(story):
    told = explain(story.house.services.evidence.of_tree(story.tree_id))

    assert told is not None
    assert [one.workspace_id for one in told.workspaces] == [story.workspaces[name] for name in ALL]
    assert [len(one.members) for one in told.workspaces] == [2, 3, 2, 1, 1]
    assert len(told.earlier) == 1


@pytest.mark.parametrize("subject", ["tree", "child"])
def test_the_command_line_names_it_too(story, subject):
    data = story.house.wiring.settings.data
    facts = {"database": story.house.database.conninfo, "url": "http://localhost", "stripe_url": None}
    (data / "ready.json").write_text(json.dumps(facts))
    asked: UUID = story.tree_id if subject == "tree" else story.workspaces["Dune"]

    result = CliRunner().invoke(main, ["--data", str(data), "explain", "--json", str(asked)])

    end = json.loads(result.stdout)["story"]["end"]
    assert result.exit_code == 0
    assert (end["hand"]["notice"]["notice_id"], end["word_of_stripe"]["notice_id"]) == notices_of_the_end(
        story
    )
    assert end["how"] == "as_scheduled"


def test_no_reader_of_the_log_ever_meets_half_a_downgrade(story):
    facts = story.house.services.evidence.of_tree(story.tree_id)

    end = next(fact for fact in facts if fact.name == "Tree.SubscriptionEnded")
    together = [fact.name for fact in facts if fact.append == end.append]

    assert together == ["Tree.SubscriptionEnded", *["Workspace.Downgraded"] * 5]
    assert end.event.ended_at == story.ends_at
    assert end.event.timestamp - story.ends_at < timedelta(minutes=1)
