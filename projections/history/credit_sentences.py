"""Sentences of credits: what a fact of a ledger, a call or a charge says."""

from __future__ import annotations

from domain.calls.call import Call
from domain.calls.charge import Charge
from domain.credits.ledger import CreditLedger
from projections.history.either import Either, has

CREDIT_SENTENCES: dict[type, str | Either] = {
    CreditLedger.Opened: "A ledger of credits was opened for {workspace_id:workspace}",
    CreditLedger.Granted: (
        "Credits of {amount_micros:micros} were granted for the cycle until {cycle_ends_at:instant};"
        " what was left of the last grant rolled over"
    ),
    CreditLedger.Frozen: "The credits were frozen, because the subscription has ended",
    CreditLedger.Thawed: "What was left of the credits of an earlier subscription is there again",
    CreditLedger.MovedOut: "The frozen credits went over to the new subscription",
    CreditLedger.TopUpAsked: Either(
        has("automatic"),
        "A top-up of {amount_micros:micros} was asked for automatically",
        "{actor:actor} asked for a top-up of {amount_micros:micros}",
    ),
    CreditLedger.ToppedUp: "Credits were topped up by {amount_micros:micros}, paid with invoice {invoice_id}",
    CreditLedger.TopUpFailed: "A top-up could not be paid: {code:dispute}",
    CreditLedger.AutoTopUpSet: (
        "{actor:actor} let credits be topped up by {amount_micros:micros} whenever less than"
        " {threshold_micros:micros} is left, by at most {monthly_cap_micros:micros} a cycle"
    ),
    CreditLedger.AutoTopUpEnded: Either(
        has("after_failures"),
        "Automatic top-ups were switched off after three failures in a row",
        "{actor:actor} switched automatic top-ups off",
    ),
    CreditLedger.Corrected: "{actor:actor} corrected the credits by {amount_micros:micros}",
    CreditLedger.Refunded: (
        "{actor:actor} gave back {amount_micros:micros} that {of_workspace_id:workspace} had been charged"
    ),
    CreditLedger.TransferredOut: (
        "{actor:actor} transferred credits of {amount_micros:micros} to another agency of theirs"
    ),
    CreditLedger.TransferredIn: (
        "{actor:actor} transferred credits of {amount_micros:micros} here from another agency of theirs"
    ),
    Call.Begun: "A {kind} call began in {workspace_id:workspace}; it holds {hold_micros:micros}",
    Call.Told: "A {kind} call in {workspace_id:workspace} lasted {seconds:count} seconds: {outcome:standing}",
    Call.Ended: (
        "A {kind} call in {workspace_id:workspace} ended after {seconds:count} seconds: {outcome:standing}"
    ),
    Call.Abandoned: "Nobody said how a {kind} call in {workspace_id:workspace} ended; what it held is free",
    Charge.Made: "{workspace_id:workspace} was charged {amount_micros:micros} for {category:standing}",
}
