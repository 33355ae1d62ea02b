"""How an agent speaks: every choice is a word of a list or a number within bounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

LANGUAGES: dict[str, str] = {
    "de": "German",
    "en": "English",
    "en-GB": "English (United Kingdom)",
    "en-US": "English (United States)",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "pt-BR": "Portuguese (Brazil)",
    "sv": "Swedish",
    "tr": "Turkish",
}
# Both lists only ever grow: what was chosen once stays readable for ever.
VOICES = ("amber", "birch", "cedar", "ember", "linden", "sage")
MODELS = ("balanced", "careful", "fast")
TEMPERATURE_MAX = 200  # hundredths
CALL_SECONDS_MIN, CALL_SECONDS_MAX = 30, 7_200
GREETING_MAX = 1_000  # characters
TIMEZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,19}(/[A-Za-z0-9_+-]{1,20}){0,2}")


@dataclass(frozen=True, kw_only=True)
class AgentSettings:
    language: str = "en"
    voice: str = "amber"
    model: str = "balanced"
    temperature_hundredths: int = 70
    max_call_seconds: int = 600
    record_calls: bool = False
    greeting_digest: str | None = None  # the text itself lies in the vault
    timezone: str = "UTC"

    def __post_init__(self) -> None:
        assert self.language in LANGUAGES
        assert self.voice in VOICES
        assert self.model in MODELS
        assert 0 <= self.temperature_hundredths <= TEMPERATURE_MAX
        assert CALL_SECONDS_MIN <= self.max_call_seconds <= CALL_SECONDS_MAX
        assert TIMEZONE.fullmatch(self.timezone)

    def but(self, changes: Mapping[str, Any]) -> AgentSettings:
        return replace(self, **changes)

    def chosen(self) -> dict[str, Any]:
        """As a fact holds them."""
        return asdict(self)

    @classmethod
    def said_by(cls, fact: Any) -> AgentSettings:
        return cls(**{field.name: getattr(fact, field.name) for field in fields(cls)})
