"""What a comparison needs on the command line: whose it is, between which moments, and in which names."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import click

from adapters.postgres.naming import Named
from domain.fact import Fact
from domain.moments import Moment, NoSuchMoment, NotTold, place_in
from domain.tree import Tree
from projections.catalogue import ACCESS
from projections.compared.comparing import Compared, TooLong
from projections.compared.told import Reader
from projections.compared.words import About, as_of, fact_words, mentioned, names_in, numbers_in
from projections.history.names import LATEST, digests_of
from scripts.cli.desk import Desk, Stop
from scripts.cli.subjects import InstantType, subject_of


class MomentType(click.ParamType[Any]):
    """A position of the agency log, also with one of the log of usage behind a point; or an instant."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, tuple | datetime):
            return value
        return place_in(str(value)) or InstantType().convert(value, param, ctx)


def reader_of(desk: Desk, text: str) -> Reader:
    """A tree is its anchor with all that it leads; a child stands for itself."""
    subject = subject_of(desk.wiring.database, text)
    with desk.wiring.database.connection() as db:
        anchor_id = ACCESS.anchor_of(db, subject.id) if subject.kind == "tree" else subject.id
        assert anchor_id is not None, "a tree that was founded has an anchor"
        workspace = ACCESS.workspace(db, anchor_id)
        if workspace is not None and workspace.parent_id is not None:
            return Reader(workspace_id=anchor_id, tenants=(anchor_id,), leads=False)
        return Reader(workspace_id=anchor_id, tenants=tuple(ACCESS.led_by(db, anchor_id)), leads=True)


def moment_of(desk: Desk, reader: Reader, asked: Any) -> Moment:
    past, clock = desk.wiring.past, desk.wiring.clock
    with desk.wiring.database.reading(Named(tenants=reader.tenants)) as db:
        try:
            if asked is None:
                return past.at_instant(db, clock(), clock())
            if isinstance(asked, datetime):
                return past.at_instant(db, asked, clock())
            return past.at_place(db, *asked)
        except NoSuchMoment as error:
            raise Stop(str(error)) from error


@contextmanager
def told_or_stopped() -> Any:
    try:
        yield
    except (NotTold, TooLong) as error:
        raise Stop(str(error)) from error


class Spoken:
    """Names and sentences, looked up once; an operator reads all of them."""

    def __init__(self, desk: Desk, found: Compared, more: Iterable[Fact] = ()) -> None:
        facts = [fact for row in found.rows for fact in row.facts] + list(more)
        given = names_in(found.told)
        asked = mentioned(found.rows, facts)
        for fact in facts:
            fact_words(fact, as_of(asked, given))
        self.names = desk.names(asked, digests_of(found.told))
        self.seen = as_of(self.names, given)
        trees: set[UUID] = {one.stream for one in found.told if isinstance(one.event, Tree.Founded)}
        self.about = About(
            names=self.seen(LATEST),
            trees=frozenset(map(str, trees)),
            numbers=numbers_in(row.row for row in found.rows),
        )

    def told(self, fact: Fact) -> str:
        return fact_words(fact, self.seen)


def moment_document(moment: Moment) -> dict[str, Any]:
    return {"position": moment.position, "metering_position": moment.counted, "at": moment.at}
