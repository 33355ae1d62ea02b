"""The parts of the report of a downgrade: rights, questions to Stripe, rules, failed payments, notices."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

import pytest

from domain.commands.subscriptions import Subscriptions
from domain.permissions import Permission as P
from domain.permissions import Role
from projections.history import notice_text
from projections.history.downgrade.exchanges import answer, question, took
from projections.history.downgrade.payments import sentence_of
from projections.history.downgrade.report import Report, report
from projections.history.downgrade.rights import Rights
from projections.history.downgrade.rule import NO_PLACE, THE_END
from tests.histories.life import ACME, ADA, ADAM, ANA, ANCHOR, BEN, TREE, VERA, Life, an_agency, names
from tests.projections.explained import run_out


def reported(life: Life) -> Report:
    found = report(life.facts)
    assert found is not None
    return found


# Rights.


def rights(life: Life, workspace_id: UUID, person_id: UUID) -> Rights:
    return next(
        one for one in reported(life).rights if (one.workspace_id, one.person_id) == (workspace_id, person_id)
    )


def test_who_came_in_through_the_anchor_only_loses_everything_in_the_child():
    gone = rights(run_out(an_agency()), ACME, ADAM)

    assert (gone.role, gone.above) == (None, Role.ADMIN)
    assert (gone.gained, gone.kept) == ([], [])
    assert {P.SEE_WORKSPACE, P.HANDLE_KEYS, P.SET_VISIBILITY} <= set(gone.lost)
    assert not {P.LEAVE, P.HANDLE_BILLING, P.CREATE_CHILD, P.SEE_INVOICES} & set(gone.lost)


def test_an_auditor_of_the_anchor_no_longer_reads_the_child():
    life = an_agency()
    life.join(ANCHOR, ADA, Role.AUDITOR)

    of_child = rights(run_out(life), ACME, ADA)

    assert P.SEE_EVENTS in of_child.lost
    assert of_child.kept == []


def test_members_and_viewers_keep_all_that_they_had():
    life = run_out(an_agency())

    for person_id in (BEN, VERA):
        one = rights(life, ACME, person_id)
        assert (one.lost, one.gained) == ([], [])
        assert P.SEE_WORKSPACE in one.kept


def test_the_owner_of_a_child_leads_it_from_then_on():
    one = rights(run_out(an_agency()), ACME, ANA)

    assert set(one.gained) == {P.SEE_BILLING, P.HANDLE_BILLING, P.SEE_LOOKS, P.CLOSE_WORKSPACE}
    assert set(one.lost) == {P.SET_VISIBILITY, P.DELETE_CHILD}


def test_the_owner_of_the_anchor_has_no_agency_any_more_and_still_its_history():
    one = rights(run_out(an_agency()), ANCHOR, ANA)

    assert set(one.lost) == {P.CREATE_CHILD, P.SET_VISIBILITY}
    assert one.gained == [P.CLOSE_WORKSPACE]
    assert {P.SEE_TREE, P.HANDLE_BILLING} <= set(one.kept)


# What was asked of Stripe.


def told(life: Life) -> list[tuple[str, str, bool]]:
    return [(question(one, names()), answer(one, names()), one.refused) for one in reported(life).exchanges]


def test_a_request_and_its_answer_are_one_exchange():
    life = an_agency()
    life.agency.request_cancellation(TREE, ADAM, because=life.by(ADAM))
    life.days_later(1).cancelled_in_portal("evt_confirmed")

    last = reported(life).exchanges[-1]

    asked, said, _ = told(life)[-1]
    assert asked.startswith("Adam asked to cancel on 8 January 2026, 09:00 UTC, and we asked Stripe for it")
    assert said.startswith("The subscription was set to end on 4 February 2026")
    assert took(last) == "1 day 2 seconds"


def test_a_notice_made_us_ask_where_nobody_here_had_asked():
    asked, said, _ = told(run_out(an_agency()))[-1]

    assert asked == "Notice evt_end (customer.subscription.deleted) arrived, and we asked Stripe what is true"
    assert "the agency went from Agency to Free" in said


def test_a_refusal_says_stripes_word():
    life = an_agency()
    because = life.by(ANA)
    life.agency.request_plan(TREE, ANA, "pro", because=because)
    tree = life.agency.tree(TREE)
    life.agency.refuse_request(TREE, tree.asked_at_version, "card_declined", because=because)

    asked, said, refused = told(life)[-1]

    assert asked.startswith("Ana asked for another plan on ")
    assert (said, refused) == ("Stripe refused what was asked for (another plan): card declined", True)


def test_a_request_that_stripe_has_not_answered_says_so():
    life = an_agency()
    life.agency.request_cancellation(TREE, ADAM, because=life.by(ADAM))

    assert told(life)[-1][1:] == ("Stripe has not answered yet", False)
    assert took(reported(life).exchanges[-1]) is None


# Rules, payments.


@pytest.mark.parametrize(
    ("rule", "command"), [(THE_END, Subscriptions.sync_subscription), (NO_PLACE, Subscriptions._change_plan)]
)
def test_a_rule_is_told_as_the_command_has_it(rule: str, command: object):
    kept = " ".join((command.__doc__ or "").split())

    assert rule in kept


def test_the_decision_of_an_end_quotes_what_stripe_said():
    (decision,) = reported(run_out(an_agency())).decisions

    assert dict(decision.said)["status"] == "canceled"
    assert "Stripe said “canceled”" in decision.words


def test_payments_that_failed_are_told_with_their_dates():
    life = an_agency().days_later(10)
    life.invoice("in_open", "open")
    life.notice("evt_failed", "invoice.payment_failed", life.subscription(status="past_due"))
    life.days_later(14).ended(because="payment_failed")
    life.notice("evt_late", "invoice.payment_failed", life.subscription(status="canceled"))

    (failed,) = reported(life).payments_failed

    assert sentence_of(failed).startswith("On 18 January 2026, 09:00 UTC a payment failed")
    assert "notice evt_failed" in sentence_of(failed)


def test_the_notice_that_did_it_comes_first():
    received = reported(run_out(an_agency())).received

    assert [fact.event.notice_id for fact in received] == ["evt_end", "evt_cancel"]


def test_facts_of_no_tree_have_no_report():
    assert report([]) is None


# A notice without what is personal.


def test_of_a_notice_ids_words_and_numbers_stay_and_what_is_personal_does_not():
    body = {
        "id": "evt_1",
        "type": "invoice.payment_failed",
        "created": 1775034000,
        "data": {
            "object": {
                "id": "in_1",
                "customer": "cus_1",
                "customer_email": "ana@example.com",
                "customer_name": "Ana",
                "customer_address": {"city": "Wien", "line1": "Ring 1"},
                "customer_phone": "+431234",
                "hosted_invoice_url": "https://pay.example.com/i/secret",
                "description": "Ana",
                "billing_reason": "subscription_cycle",
                "cancellation_details": {"comment": "bad", "reason": "cancellation_requested"},
                "metadata": {"tree_id": str(TREE), "note": "Ana"},
                "lines": {"data": [{"description": "1 × Agency", "amount": 24900, "note": "for Ana Test"}]},
                "payment_method_details": {"card": {"last4": "4242"}},
            }
        },
    }

    text = notice_text.shown(json.dumps(body))

    shown = json.loads(text)["data"]["object"]
    assert (shown["id"], shown["customer"], shown["billing_reason"]) == (
        "in_1",
        "cus_1",
        "subscription_cycle",
    )
    assert shown["metadata"] == {"tree_id": str(TREE), "note": "[left out]"}
    assert shown["cancellation_details"] == {"comment": "[left out]", "reason": "cancellation_requested"}
    assert shown["lines"]["data"][0]["amount"] == 24900
    for secret in ("Ana", "example.com", "Wien", "Ring", "431234", "4242", "bad", "secret"):
        assert secret not in text


@pytest.mark.parametrize("body", ["", "no json", "[" * 100_000, '"https://x.example/y"', "null"])
def test_what_is_no_notice_shows_nothing_of_it(body: str):
    assert notice_text.shown(body) in ("[left out]", '"[left out: a link]"', "null")


def test_a_body_that_is_very_deep_or_long_is_cut():
    deep = json.dumps({"a": 1})
    for _ in range(200):
        deep = f'{{"a": {deep}}}'

    assert "[left out]" in notice_text.shown(deep)
    assert notice_text.shown(json.dumps(["x"] * 50_000)).endswith("… (the rest is left out)")


def test_the_fact_vouches_for_the_body():
    digest = hashlib.sha256(b"{}").hexdigest()

    assert notice_text.is_what_was_received("{}", digest)
    assert not notice_text.is_what_was_received("{ }", digest)
