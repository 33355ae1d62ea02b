"""Why can't I see my client's workspace? A table of what is so, and the first reason that applies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.customer import CustomerStatus
from domain.not_appearing import (
    SAID,
    Child,
    Invited,
    WhyNotAppearing,
    why_not_appearing,
    why_not_for_agency,
    why_not_for_client,
)
from domain.permissions import Role
from domain.visibility import EVERYTHING, Area, Level
from domain.workspace_names import suggested_name

W = WhyNotAppearing
NOW = datetime(2026, 3, 1, tzinfo=UTC)
NOTHING = EVERYTHING.but(dict.fromkeys(Area, Level.NONE))
WELL: dict[str, Any] = {
    "has_agency": True,
    "deleted": False,
    "left": False,
    "customer": CustomerStatus.ACTIVE,
    "shown": EVERYTHING,
    "clients": [None],
}
# What stands in the way, from the first reason to the last: whatever stands above it is the answer.
IN_ORDER: list[tuple[WhyNotAppearing, dict[str, Any]]] = [
    (W.PLAN_HAS_NO_AGENCY, {"has_agency": False}),
    (W.WORKSPACE_DELETED, {"deleted": True}),
    (W.LEFT_THE_AGENCY, {"left": True}),
    (W.CUSTOMER_NOT_CREATED, {"customer": None}),
    (W.CUSTOMER_CLOSED, {"customer": CustomerStatus.CLOSED}),
    (W.CUSTOMER_SUSPENDED, {"customer": CustomerStatus.SUSPENDED}),
    (W.NOTHING_SHOWN, {"shown": NOTHING}),
    (W.MEMBER_REMOVED, {"clients": [W.INVITATION_EXPIRED, W.MEMBER_REMOVED]}),
    (W.INVITATION_REVOKED, {"clients": [W.INVITATION_EXPIRED, W.INVITATION_REVOKED]}),
    (W.INVITATION_EXPIRED, {"clients": [W.INVITATION_NOT_ACCEPTED, W.INVITATION_EXPIRED]}),
    (W.INVITATION_NOT_ACCEPTED, {"clients": [W.INVITATION_NOT_ACCEPTED]}),
    (W.NOBODY_INVITED, {"clients": []}),
]


@pytest.mark.parametrize(("expected", "so"), IN_ORDER)
def test_each_reason_by_itself(expected, so):
    assert why_not_appearing(Child(**WELL | so)) is expected


def test_of_several_the_first_one_is_told():
    so: dict[str, Any] = {}
    for expected, more in reversed(IN_ORDER):
        so |= more
        assert why_not_appearing(Child(**WELL | so)) is expected


def test_where_it_appears_for_one_of_the_client_s_people_it_appears():
    assert why_not_appearing(Child(**WELL)) is None
    assert why_not_appearing(Child(**WELL | {"clients": [W.MEMBER_REMOVED, None]})) is None


@pytest.mark.parametrize(
    ("so", "expected"),
    [
        ({"is_member": True, "accepted": True}, None),
        ({"accepted": True}, W.MEMBER_REMOVED),
        ({"revoked": True}, W.INVITATION_REVOKED),
        ({"expires_at": NOW}, W.INVITATION_EXPIRED),
        ({}, W.INVITATION_NOT_ACCEPTED),
    ],
)
def test_of_one_person(so, expected):
    open_one = {"is_member": False, "accepted": False, "revoked": False, "expires_at": NOW + timedelta(1)}

    assert why_not_for_client(Invited(**open_one | so), NOW) is expected


def test_of_the_agency_s_own_people_the_role_decides():
    told = {role for role in Role if why_not_for_agency(role) is W.ROLE_TOO_LOW}

    assert told == {Role.MEMBER, Role.VIEWER}


def test_every_reason_has_words():
    assert set(SAID) == set(W)
    assert all(text.endswith(".") for said in SAID.values() for text in said)


@pytest.mark.parametrize(
    ("name", "client", "suggestion"),
    [
        ("Larkfield — Support line", "Larkfield", None),
        ("Larkfield - Support line", "", "Larkfield — Support line"),
        ("Larkfield: Support", "Larkfield", "Larkfield — Support"),
        ("Larkfield/Support", "Larkfield", "Larkfield — Support"),
        ("Jean-Luc", "Jean-Luc", None),
        ("Jean-Luc", "", None),
        ("Support line", "Larkfield", "Larkfield — Support line"),
        ("larkfield support", "Larkfield", "Larkfield — support"),
        ("Larkfields", "Larkfield", "Larkfield — Larkfields"),
    ],
)
def test_a_name_is_suggested_where_a_better_one_is_known(name, client, suggestion):
    assert suggested_name(name, client) == suggestion
