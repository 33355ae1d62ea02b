"""Hidden: which facts of a timeline are not for the one who reads it, as if they had never been?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from domain.facts_shown import OF_THE_AGENCY

NAMED: LiteralString = "name <> ALL(%(hidden_names)s)"
NOT_LED: LiteralString = "(name <> ALL(%(hidden_agencys)s) OR tree_id = ANY(%(hidden_led)s))"


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """`names` are those of facts that they do not read at all; what is an agency's own is read of the trees
    that are `led`, and of all where that is None."""

    names: frozenset[str] = frozenset()
    led: frozenset[UUID] | None = None

    def hides(self, name: str, tree_id: UUID | None) -> bool:
        return name in self.names or (
            self.led is not None and name in OF_THE_AGENCY and tree_id not in self.led
        )

    def hides_all(self, name: str) -> bool:
        """Whether there is no tree of which they read such facts."""
        return name in self.names or (self.led == frozenset() and name in OF_THE_AGENCY)

    @property
    def conditions(self) -> list[LiteralString]:
        """What a row of the timeline has to fulfil."""
        by_name: list[LiteralString] = [NAMED] if self.names else []
        return by_name if self.led is None else [*by_name, NOT_LED]

    @property
    def given(self) -> dict[str, Any]:
        """What the conditions name."""
        return {
            "hidden_names": sorted(self.names),
            "hidden_agencys": sorted(OF_THE_AGENCY),
            "hidden_led": sorted(self.led or ()),
        }


NOTHING = Hidden()
