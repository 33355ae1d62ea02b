"""Appending: a conflict is somebody else's fact, and whatever else does not fit is a fault of ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from adapters.postgres.logs import open_log
from adapters.postgres.recorder import DoesNotFit
from domain.agency import Agency
from domain.fact import Fact
from projections.access import Access
from tests.house import House

BUGS = {
    "bookmarks: bookmarks_pkey": "INSERT INTO bookmarks VALUES ('agency', 0)",
    "access_members: None": "UPDATE access_members SET role = NULL",
}


class Faulty(Access):
    """An inline projection with a bug."""

    def __init__(self, statement: str) -> None:
        self.statement = statement
        self.asked = 0

    def apply(self, db: Any, facts: Sequence[Fact]) -> None:
        self.asked += 1
        db.execute(self.statement)


@pytest.mark.parametrize(("says", "statement"), BUGS.items())
def test_a_bug_in_an_inline_projection_is_told_at_once_and_nothing_is_recorded(
    house: House, says: str, statement: str
):
    ana = house.person("Ana")
    workspace_id = house.workspace(ana)
    faulty = Faulty(statement)
    agency = open_log(Agency, house.database, (faulty,))

    with pytest.raises(DoesNotFit, match=says):
        agency.rename(workspace_id, ana, "a name", because=house.because())

    assert faulty.asked == 1
    assert len(house.services.evidence.of_stream(workspace_id)) == 1
    agency.close()
