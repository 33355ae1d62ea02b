"""Folding: what a batch of facts does to rows is put together, so that each row is written once.

    rows = Rows(db, {"members": Table.of("members", columns)})
    rows.insert("members", workspace_id=workspace_id, person_id=person_id, role="viewer", joined_at=now)
    rows.update("members", (workspace_id, person_id), role="admin")
    rows.write()                                          # one statement: the row as it is in the end

What comes of it is what a statement for each change would have made. Where that cannot be known here,
because an insertion may be refused, all that came before is written first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from domain.fact import Fact
from projections.projection import Projection, Writes, fill

Key = tuple[object, ...]
Names = tuple[str, ...]

KEY = re.compile(r"PRIMARY KEY \((.+)\)")
LIST = "text[]"
LEFT = "{name} = ARRAY(SELECT one FROM unnest(t.{name}) WITH ORDINALITY AS kept (one, number)"
LEFT += " WHERE one <> ALL (d.{name}_gone::text[]) ORDER BY number) || d.{name}::text[]"


@dataclass(frozen=True)
class Table:
    """Its columns with their types, and by which of them a row is known."""

    name: str
    types: Mapping[str, str]
    key: Names

    @classmethod
    def of(cls, name: str, columns: str) -> Table:
        lines = [line.split() for line in columns.strip().rstrip(",").splitlines()]
        types = {line[0]: line[1].rstrip(",") for line in lines if line[0] != "PRIMARY"}
        if several := KEY.search(columns):
            return cls(name, types, tuple(several[1].split(", ")))
        return cls(name, types, tuple(line[0] for line in lines if "PRIMARY" in line))

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(slots=True)
class _Row:
    """What is to be done to one row: it goes, it comes, and what changes in it."""

    goes: bool = False
    comes: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    added: dict[str, int] = field(default_factory=dict)
    listed: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)  # put at the end, and gone

    def changes(self) -> bool:
        return bool(self.values or self.added or self.listed)


class Rows:
    """Rows of some tables, as the facts of a batch leave them."""

    def __init__(self, db: Writes, tables: Mapping[str, Table]) -> None:
        self.db = db
        self.tables = tables
        self._rows: dict[str, dict[Key, _Row]] = {name: {} for name in tables}

    def insert(self, table: str, **values: object) -> None:
        key = tuple([values[name] for name in self.tables[table].key])
        row = self._row(table, key)
        if row.comes or row.changes():
            self.write()  # one that is there already is refused by the server
            row = self._row(table, key)
        row.comes, row.values = True, values

    def update(self, table: str, key: Key, **values: object) -> None:
        row = self._row(table, key)
        if row.comes or not row.goes:
            row.values.update(values)
            if row.added:
                for name in values:
                    row.added.pop(name, None)

    def add(self, table: str, key: Key, **numbers: int) -> None:
        row = self._row(table, key)
        if row.goes and not row.comes:
            return
        for name, number in numbers.items():
            if name in row.values:
                row.values[name] += number
            else:
                row.added[name] = row.added.get(name, 0) + number

    def put(self, table: str, key: Key, name: str, one: str) -> None:
        """At the end of a list."""
        row = self._row(table, key)
        if row.comes or not row.goes:
            self._listed(row, name)[0].append(one)

    def take(self, table: str, key: Key, name: str, one: str) -> None:
        """Out of a list, as often as it is in it."""
        row = self._row(table, key)
        if row.comes or not row.goes:
            put, gone = self._listed(row, name)
            put[:] = [other for other in put if other != one]
            gone.append(one)

    def delete(self, table: str, key: Key) -> None:
        if self._row(table, key).comes:
            self.write()  # whether it may come at all is for the server to say
        self._rows[table][key] = _Row(goes=True)

    def execute(self, query: str, values: Sequence[Any] = ()) -> None:
        """Any other statement, which finds the rows as they are by now."""
        self.write()
        self.db.execute(query, values)

    def write(self) -> None:
        for name, rows in self._rows.items():
            if rows:
                self._write(self.tables[name], rows)
                rows.clear()

    def _row(self, table: str, key: Key) -> _Row:
        rows = self._rows[table]
        row = rows.get(key)
        if row is None:
            row = rows[key] = _Row()
        return row

    def _listed(self, row: _Row, name: str) -> tuple[list[str], list[str]]:
        if name in row.values:
            return row.values[name], []
        return row.listed.setdefault(name, ([], []))

    def _write(self, table: Table, rows: Mapping[Key, _Row]) -> None:
        """With a statement for all that go, and one for all others of which the same columns are written."""
        fill(self.db, _delete(table), [key for key, row in rows.items() if row.goes])
        come: dict[Names, list[Sequence[object]]] = defaultdict(list)
        change: dict[tuple[Names, Names, Names], list[Sequence[object]]] = defaultdict(list)
        for key, row in rows.items():
            if row.comes:
                come[(*row.values,)].append([*row.values.values()])
                row.values = {}
            if row.changes():
                lists = [one for both in row.listed.values() for one in both]
                values = [*key, *row.values.values(), *row.added.values(), *lists]
                change[(*row.values,), (*row.added,), (*row.listed,)].append(values)
        plain = _plain if LIST in table.types.values() else list
        for names, written in come.items():
            fill(self.db, _insert(table, names), plain(written))
        for changed, written in change.items():
            fill(self.db, _update(table, *changed), plain(written))


class Folding(Projection):
    """One whose handlers say what becomes of rows: they get `Rows` in the place of a database."""

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {name: Table.of(name, columns) for name, columns in self.tables.items()}

    def apply(self, db: Any, facts: Sequence[Fact]) -> None:
        rows = Rows(db, self._tables)
        super().apply(rows, facts)
        rows.write()


@cache
def _delete(table: Table) -> str:
    return f"DELETE FROM {table.name} t USING {_given(table, table.key)} WHERE {_same(table)}"


@cache
def _insert(table: Table, names: Names) -> str:
    given = (f"{name}::text[]" if table.types[name] == LIST else name for name in names)
    return (
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {', '.join(given)} FROM {_given(table, names)}"
    )


@cache
def _update(table: Table, values: Names, added: Names, listed: Names) -> str:
    changes = [f"{name} = d.{name}" for name in values]
    changes += [f"{name} = t.{name} + d.{name}" for name in added]
    changes += [LEFT.format(name=name) for name in listed]
    lists = [one for name in listed for one in (name, f"{name}_gone")]
    given = _given(table, (*table.key, *values, *added, *lists))
    return f"UPDATE {table.name} t SET {', '.join(changes)} FROM {given} WHERE {_same(table)}"


def _same(table: Table) -> str:
    return " AND ".join(f"t.{name} = d.{name}" for name in table.key)


def _given(table: Table, names: Names) -> str:
    """Lists come as text: arrays of arrays would all have to be as long as each other."""
    types = (table.types.get(name, LIST).replace(LIST, "text") for name in names)
    return f"(SELECT {', '.join(map('unnest(%b::{}[]) AS {}'.format, types, names))}) AS d"


def _plain(rows: Iterable[Sequence[object]]) -> list[list[object]]:
    return [[_array(value) if isinstance(value, list) else value for value in row] for row in rows]


def _array(texts: Sequence[str]) -> str:
    """As PostgreSQL reads one."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"
