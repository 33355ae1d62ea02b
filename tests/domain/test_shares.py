"""An amount is shared out to the cent, in proportion to what each drew."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shares import shares_of

ANCHOR, OSPREY, LARKFIELD = (UUID(int=number) for number in (1, 2, 3))

CENTS = st.integers(min_value=0, max_value=10**10)
DRAWN = st.dictionaries(st.uuids(), st.integers(min_value=0, max_value=10**9), max_size=8).filter(
    lambda drawn: sum(drawn.values()) > 0
)

SHARED = [  # cents, what each drew, and what each gets
    (29_000, (25_000, 0, 60_000), (8_529, 0, 20_471)),  # 8,529.41 and 20,470.58
    (100, (1, 1, 1), (34, 33, 33)),  # equal in all: the smaller id
    (1, (1, 3, 3), (0, 1, 0)),  # equal remainders of equal draws
    (2, (1, 1, 2), (1, 0, 1)),  # half a cent for two of them
    (3, (5, 3, 1), (2, 1, 0)),
    (2, (1, 3, 0), (0, 2, 0)),  # equal remainders of half a cent: who drew more
    (0, (5, 3, 1), (0, 0, 0)),
    (0, (0, 0, 0), (0, 0, 0)),
    (7, (0, 9, 0), (0, 7, 0)),
]


@pytest.mark.parametrize(("cents", "drawn", "expected"), SHARED)
def test_what_each_gets(cents: int, drawn: tuple[int, ...], expected: tuple[int, ...]) -> None:
    who = (ANCHOR, OSPREY, LARKFIELD)

    shares = shares_of(cents, dict(zip(who, drawn, strict=True)))

    assert tuple(shares[one] for one in who) == expected


@given(cents=CENTS, drawn=DRAWN)
def test_the_shares_are_the_whole_amount_and_nobody_pays_for_nothing(
    cents: int, drawn: dict[UUID, int]
) -> None:
    shares = shares_of(cents, drawn)

    assert sum(shares.values()) == cents
    assert shares.keys() == drawn.keys()
    assert all(share >= 0 for share in shares.values())
    assert all(shares[one] == 0 for one, events in drawn.items() if events == 0)


@given(cents=CENTS, drawn=DRAWN)
def test_who_drew_more_never_pays_less(cents: int, drawn: dict[UUID, int]) -> None:
    shares = shares_of(cents, drawn)

    in_order = [shares[one] for one in sorted(drawn, key=lambda one: drawn[one])]
    assert all(
        shares[one] <= shares[other] for one in drawn for other in drawn if drawn[one] < drawn[other]
    ), in_order


@given(cents=CENTS, drawn=DRAWN)
def test_no_share_is_a_cent_off_its_proportion(cents: int, drawn: dict[UUID, int]) -> None:
    total, shares = sum(drawn.values()), shares_of(cents, drawn)

    assert all(abs(shares[one] * total - cents * events) < total for one, events in drawn.items())


@given(cents=CENTS, drawn=DRAWN, order=st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_named_does_not_matter(cents, drawn, order) -> None:
    shuffled = list(drawn.items())
    order.shuffle(shuffled)

    assert shares_of(cents, dict(shuffled)) == shares_of(cents, drawn)


def test_an_amount_that_nobody_caused_is_a_fault_of_the_caller() -> None:
    with pytest.raises(AssertionError, match="nobody caused"):
        shares_of(1, {ANCHOR: 0})
