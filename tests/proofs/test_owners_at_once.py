"""When owners leave and hand on at the same moment: is there always one, and is each told the truth?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from domain.permissions import Role
from domain.refusals import Refusal, Refused
from scripts.wiring import Wiring
from tests.house import House, settings_of
from tests.proofs.at_once import at_once

ROUNDS = 12  # for what depends on luck


@pytest.fixture
def owners(house: House) -> tuple[UUID, UUID]:
    return house.person("Ana"), house.person("Adam")


def owned_by_both(house: House, owners: tuple[UUID, UUID]) -> UUID:
    first, second = owners
    workspace_id = house.workspace(first)
    house.member(workspace_id, first, second, Role.OWNER)
    return workspace_id


def leaves(house: House, workspace_id: UUID, who: UUID) -> Callable[[], Any]:
    return partial(house.agency.remove_member, workspace_id, who, who, because=house.because())


def hands_on(house: House, workspace_id: UUID, who: UUID, to: UUID) -> Callable[[], Any]:
    transfer = house.agency.transfer_ownership
    return partial(transfer, workspace_id, who, to, Role.MEMBER, because=house.because())


def owners_of(house: House, workspace_id: UUID) -> list[UUID]:
    """As the log has it; the gate's own table says the same."""
    members = house.agency.workspace(workspace_id).members
    with house.database.reading() as db:
        rows = db.execute(
            "SELECT person_id, role FROM access_members WHERE workspace_id = %s", (workspace_id,)
        ).fetchall()
    assert {row["person_id"]: row["role"] for row in rows} == members
    return [one for one, role in members.items() if role is Role.OWNER]


def test_two_who_hand_it_to_each_other_leave_one_owner(house: House, owners: tuple[UUID, UUID]) -> None:
    ana, adam = owners
    for _ in range(ROUNDS):
        workspace_id = owned_by_both(house, owners)

        answers = at_once(
            [hands_on(house, workspace_id, ana, adam), hands_on(house, workspace_id, adam, ana)]
        )

        # Whoever comes second makes the other one owner again, or is no owner any more.
        assert len(owners_of(house, workspace_id)) == 1
        assert set(answers) <= {None, Refusal.ROLE_TOO_LOW}
        assert None in answers


def test_of_two_transfers_by_one_owner_one_holds(house: House, owners: tuple[UUID, UUID]) -> None:
    ana, adam = owners
    ben = house.person("Ben")
    for _ in range(ROUNDS):
        workspace_id = house.workspace(ana)
        for member in (adam, ben):
            house.member(workspace_id, ana, member, Role.MEMBER)

        answers = at_once(hands_on(house, workspace_id, ana, to) for to in (adam, ben))

        assert sorted(map(str, answers)) == ["None", "role_too_low"]
        assert owners_of(house, workspace_id) == [adam if answers[0] is None else ben]


def test_a_receiver_who_leaves_meanwhile_is_owner_or_gone(house: House, owners: tuple[UUID, UUID]) -> None:
    ana, ben = owners
    for _ in range(ROUNDS):
        workspace_id = house.workspace(ana)
        house.member(workspace_id, ana, ben, Role.MEMBER)

        handed, left = at_once([hands_on(house, workspace_id, ana, ben), leaves(house, workspace_id, ben)])

        assert (handed, left) in {(None, Refusal.LAST_OWNER), (Refusal.NOT_A_MEMBER, None)}
        assert owners_of(house, workspace_id) == [ben if handed is None else ana]


def test_an_owner_who_hands_on_while_the_other_leaves_is_followed_by_somebody(
    house: House, owners: tuple[UUID, UUID]
) -> None:
    ana, adam = owners
    for _ in range(ROUNDS):
        workspace_id = owned_by_both(house, owners)

        handed, left = at_once([hands_on(house, workspace_id, ana, adam), leaves(house, workspace_id, adam)])

        assert (handed, left) in {(None, Refusal.LAST_OWNER), (Refusal.NOT_A_MEMBER, None)}
        assert len(owners_of(house, workspace_id)) == 1


# In processes of their own.


def _leave_in_a_process(
    database: str, data: Path, workspace_ids: list[UUID], who: UUID, start: Any, told: Any
) -> None:
    wiring = Wiring(settings_of(database, data))
    answers = []
    for workspace_id in workspace_ids:
        start.wait(timeout=30)
        try:
            because = _because(wiring, who)
            wiring.agency.remove_member(workspace_id, who, who, because=because)
            answers.append("left")
        except Refused as refused:
            answers.append(refused.refusal.value)
    told.put((str(who), answers))
    wiring.agency.close()
    wiring.database.close()


def _because(wiring: Wiring, who: UUID) -> Any:
    from domain.because import Because

    actor = f"person:{who}"
    return Because(actor=actor, cause="request:1", story="request:1", at=wiring.services.clock())


def test_of_two_owners_who_leave_in_two_processes_one_stays(
    house: House, owners: tuple[UUID, UUID], tmp_path: Path
) -> None:
    workspace_ids = [owned_by_both(house, owners) for _ in range(ROUNDS)]
    context = get_context("spawn")
    start, told = context.Barrier(2), context.Queue()
    given = [
        (house.database.conninfo, tmp_path / str(one), workspace_ids, one, start, told) for one in owners
    ]
    processes = [context.Process(target=_leave_in_a_process, args=args) for args in given]

    for process in processes:
        process.start()
    answers = dict(told.get(timeout=90) for _ in processes)
    for process in processes:
        process.join(timeout=30)

    pairs = list(zip(*(answers[str(one)] for one in owners), strict=True))
    assert {tuple(sorted(pair)) for pair in pairs} == {("last_owner", "left")}
    for workspace_id, (first, _) in zip(workspace_ids, pairs, strict=True):
        assert owners_of(house, workspace_id) == [owners[0] if first == "last_owner" else owners[1]]
