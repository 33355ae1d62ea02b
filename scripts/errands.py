"""Which errand is run by what: the names that `policies` asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from adapters.postgres.outbox import Errand
from scripts.budget_letters import BudgetLetters
from scripts.letters import Letters

if TYPE_CHECKING:
    from scripts.wiring import Wiring


def errands_of(wiring: Wiring) -> Mapping[str, Errand]:
    letters = Letters(
        wiring.agency,
        wiring.metering,
        wiring.vault,
        wiring.keys,
        wiring.mail,
        wiring.clock,
        wiring.settings.url,
        credits_available=wiring.credits_available,
    )
    return {
        "act_on_notice": wiring.inbox.act_on,
        "carry_out": wiring.billing.carry_out,
        "close_unpaid": wiring.billing.close_unpaid,
        "claim_overage": wiring.overages.claim_of_tree,
        "report_overage": wiring.overages.report,
        "compare_overage": wiring.overages.compare_reported,
        "request_credit": wiring.credits.request_of_voided,
        "grant_credits": wiring.ledgers.grant,
        "freeze_credits": wiring.ledgers.freeze,
        "top_up": wiring.top_ups.carry_out,
        "mail_top_up_ended": letters.top_up_ended,
        "erase_person": wiring.erasure.carry_out,
        "erase_contact": wiring.contacts.carry_out,
        "make_export": wiring.exports.carry_out,
        "mail_invitation": letters.invitation,
        "mail_quota": letters.quota,
        "mail_budget": BudgetLetters(letters).to_agency,
        "mail_budget_to_client": BudgetLetters(letters).to_client,
    }
