"""What credits are spent on: five categories, and what each costs by the plan's rates."""

from __future__ import annotations

from enum import StrEnum

from domain.plans import Rates


class Category(StrEnum):
    PHONE_CALL = "phone_call"
    WEB_CALL = "web_call"
    SMS = "sms"
    FORWARDING = "forwarding"
    PHONE_NUMBER = "phone_number"

    def rate_micros(self, rates: Rates) -> int:
        """Of a second on a call, of a message, of a number for a cycle."""
        micros: int = getattr(rates, f"{self.value}_micros")
        return micros
