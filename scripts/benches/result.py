"""What a bench says: one line a case, for people and for programs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True)
class Result:
    """`ratio` is the value against the raw limit; `goal` says what it should be, as in ``>= 0.55``."""

    bench: str
    case: str
    value: float
    unit: str
    raw: float
    ratio: float
    goal: str

    @property
    def is_met(self) -> bool:
        how, number = self.goal.split()
        return self.ratio >= float(number) if how == ">=" else self.ratio <= float(number)


HEADER = f"{'case':58} {'value':>12} {'raw':>12} {'ratio':>7}  goal"


def as_json(one: Result) -> str:
    return json.dumps(asdict(one))


def as_line(one: Result) -> str:
    """A line of the table below `HEADER`."""
    numbers = f"{one.value:>12,.1f} {one.raw:>12,.1f} {one.ratio:>7.2f}"
    return f"{one.case:58} {numbers}  {one.goal} ({one.unit}): {'met' if one.is_met else 'NOT MET'}"
