"""Which errand is run by what: the names that `policies` asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from adapters.postgres.outbox import Errand
from scripts.letters import Letters

if TYPE_CHECKING:
    from scripts.wiring import Wiring


def errands_of(wiring: Wiring) -> Mapping[str, Errand]:
    letters = Letters(
        wiring.agency, wiring.vault, wiring.keys, wiring.mail, wiring.clock, wiring.settings.url
    )
    return {
        "act_on_notice": wiring.inbox.act_on,
        "carry_out": wiring.billing.carry_out,
        "close_unpaid": wiring.billing.close_unpaid,
        "claim_overage": wiring.overages.claim_of_tree,
        "report_overage": wiring.overages.report,
        "compare_overage": wiring.overages.compare_reported,
        "request_credit": wiring.credits.request_of_voided,
        "erase_person": wiring.erasure.carry_out,
        "make_export": wiring.exports.carry_out,
        "mail_invitation": letters.invitation,
        "mail_quota": letters.quota,
    }
