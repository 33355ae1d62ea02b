"""Differences: which fields of which rows are not the same, and which facts made them so.

Nothing here knows what the rows are about, but for the columns that a screen shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.changes import Change, Row, Rows
from domain.fact import Fact
from projections.compared.fields import SHOWN

Key = tuple[Any, ...]
Keys = Mapping[str, Sequence[str]]  # the columns by which rows of a table are known


@dataclass(frozen=True, kw_only=True)
class FieldDiffers:
    """A field with both its values, and the facts that changed it on the way: each of them really did."""

    name: str
    before: Any
    after: Any
    facts: tuple[Fact, ...]


@dataclass(frozen=True, kw_only=True)
class RowDiffers:
    """A row of which something differs; `before` or `after` is None where there is none."""

    table: str
    before: Row | None
    after: Row | None
    fields: tuple[FieldDiffers, ...]

    @property
    def row(self) -> Row:
        found = self.after or self.before
        assert found is not None, "what is nowhere does not differ"
        return found

    @property
    def facts(self) -> list[Fact]:
        """All that changed something of it, each once, in order."""
        known: dict[tuple[str, int], Fact] = {}
        for one in self.fields:
            known |= {(fact.log, fact.position): fact for fact in one.facts}
        return [known[place] for place in sorted(known)]


def differences(
    before: Rows, after: Rows, changes: Sequence[Change], keys: Keys, *, inside: bool = False
) -> list[RowDiffers]:
    """Screen by screen, in the order in which `SHOWN` lists them; `inside` leaves out what leaders see."""
    found = []
    noted = _by_row(changes, keys)
    for table, shown in SHOWN.items():
        if table not in keys or (inside and not shown.inside):
            continue
        columns = [name for name in shown.fields if not (inside and name in shown.for_leaders)]
        first, last = _by_key(before.get(table, ()), keys[table]), _by_key(after.get(table, ()), keys[table])
        for key in _in_order(first, last):
            told = noted.get((table, key), [])
            fields = tuple(_fields(first.get(key), last.get(key), columns, told))
            if fields or (key in first) != (key in last):
                row = {"table": table, "before": first.get(key), "after": last.get(key)}
                found.append(RowDiffers(fields=fields, **row))  # type: ignore[arg-type]
    return found


def _fields(
    before: Row | None, after: Row | None, columns: Iterable[str], changes: Sequence[Change]
) -> Iterator[FieldDiffers]:
    for name in columns:
        was, became = _value(before, name), _value(after, name)
        if was != became:
            facts = (one.fact for one in changes if _value(one.before, name) != _value(one.after, name))
            yield FieldDiffers(name=name, before=was, after=became, facts=tuple(facts))


def _value(row: Row | None, name: str) -> Any:
    """What a row that is not there says is what an empty field says."""
    return None if row is None else row[name]


def _by_key(rows: Iterable[Row], columns: Sequence[str]) -> dict[Key, Row]:
    return {tuple(row[column] for column in columns): row for row in rows}


def _by_row(changes: Iterable[Change], keys: Keys) -> dict[tuple[str, Key], list[Change]]:
    found: dict[tuple[str, Key], list[Change]] = {}
    for one in changes:
        row = one.before or one.after
        assert row is not None, "a change is of a row"
        key = tuple(row[column] for column in keys[one.table])
        found.setdefault((one.table, key), []).append(one)
    return found


def _in_order(first: Mapping[Key, Row], last: Mapping[Key, Row]) -> list[Key]:
    return sorted(first.keys() | last.keys(), key=lambda key: tuple(map(str, key)))
