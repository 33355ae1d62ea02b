"""What befalls credits in a remembered life: every fact of ledgers, calls and charges."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.because import Because
from domain.calls.call import Call, Direction, Ending, Kind
from domain.calls.charge import Charge
from domain.credits.category import Category
from domain.fact import Fact
from domain.ids import stream_of_call, stream_of_number_charge
from tests.histories.life import Life, named
from tests.histories.remembered import RememberedMetering

HOUR = timedelta(hours=1)
EURO = 1_000_000


def credits_come_and_go(
    life: Life, first_position: int, tree: UUID, anchor: UUID, workspace: UUID, ana: UUID
) -> list[Fact]:
    """Behind what the log of usage holds by then."""
    metering, begin, because = RememberedMetering(), life.cycle[0], life.by(ana)
    metering.agency_head = lambda: 85
    metering.open_ledger(tree, anchor, thaw_from=None, because=because)
    _grant(metering, tree, begin, because)
    _calls(metering, tree, workspace, begin, because)
    _set_right(metering, tree, workspace, because)
    _topped_up(metering, life, tree, because)
    metering.freeze_credits(tree, because=because)
    again = named("the next tree")
    metering.open_ledger(again, anchor, thaw_from=tree, because=because)
    other = named("another tree")
    metering.open_ledger(other, named("another anchor"), thaw_from=None, because=because)
    metering.transfer_credits(again, other, named("a transfer"), 5 * EURO, because=because)
    for fact in metering.facts:
        fact.position += first_position
        fact.append += first_position
    return metering.facts


def _grant(metering: RememberedMetering, tree: UUID, begin: datetime, because: Because) -> None:
    metering.grant_credits(
        tree,
        cycle_started_at=begin,
        cycle_ends_at=begin + timedelta(days=30),
        amount_micros=800 * EURO,
        because=because,
    )


def _calls(
    metering: RememberedMetering, tree: UUID, workspace: UUID, begin: datetime, because: Because
) -> None:
    about: dict[str, Any] = {
        "workspace_id": workspace,
        "tree_id": tree,
        "cycle_started_at": begin,
        "agent_id": None,
        "direction": Direction.INBOUND,
        "started_at": begin + HOUR,
        "rate_micros": 2_000,
        "details_digest": None,
        "because": because,
    }
    told = Call.tell(
        stream_of_call(workspace, "told"),
        kind=Kind.WEB,
        seconds=95,
        outcome=Ending.COMPLETED,
        **about,
    )
    held: dict[str, Any] = {"hold_seconds": 300, "hold_expires_at": begin + 3 * HOUR, **about}
    ended = Call.begin(stream_of_call(workspace, "ended"), kind=Kind.PHONE, **held)
    ended.end(310, Ending.TRANSFERRED, None, because=because)
    given_up = Call.begin(stream_of_call(workspace, "given up"), kind=Kind.FORWARDED, **held)
    given_up.abandon(because=because)
    number = stream_of_number_charge(workspace, workspace, begin)
    charge = Charge.make(
        number,
        workspace_id=workspace,
        tree_id=tree,
        cycle_started_at=begin,
        category=Category.PHONE_NUMBER,
        quantity=1,
        rate_micros=3 * EURO,
        because=because,
    )
    metering.save(told, ended, given_up, charge)


def _set_right(metering: RememberedMetering, tree: UUID, workspace: UUID, because: Because) -> None:
    digest = "digest of a reason"
    metering.refund_credits(
        tree, named("a refund"), stream_of_call(workspace, "told"), 1_000, digest, because=because
    )
    metering.correct_credits(tree, named("a correction"), -EURO, digest, because=because)


def _topped_up(metering: RememberedMetering, life: Life, tree: UUID, because: Because) -> None:
    ledger, cycle = metering.ledger(tree), life.cycle[0]
    limits = {"threshold_micros": 50 * EURO, "amount_micros": 100 * EURO, "monthly_cap_micros": 300 * EURO}
    ledger.note(ledger.AutoTopUpSet, because, **limits)
    for name, automatic in (("paid", False), ("declined", True)):
        top_up_id = named(name)
        about = {"top_up_id": top_up_id, "automatic": automatic}
        asked = {**about, "amount_micros": 100 * EURO, "cycle_started_at": cycle}
        ledger.note(ledger.TopUpAsked, because, **asked)
        if automatic:
            ledger.note(ledger.TopUpFailed, because, **about, code="card_declined")
        else:
            ledger.note(ledger.ToppedUp, because, **asked, invoice_id="in_credits")
    ledger.note(ledger.AutoTopUpEnded, because, after_failures=False)
    metering.save(ledger)
