"""In whatever order Stripe's notices arrive, and however often: is it the same in the end?"""

from __future__ import annotations

from itertools import permutations

import pytest

from domain.plans import FREE
from domain.tree import TreeStatus
from tests.house import House
from tests.proofs.customers import FOUR, Customer, Stripe
from tests.proofs.outcomes import facts_of, screens_of

ORDERS = list(permutations(FOUR))


@pytest.fixture
def stripe(house: House) -> Stripe:
    return Stripe(house)


def assert_five_free_workspaces(house: House, customer: Customer) -> None:
    tree = house.agency.tree(customer.tree_id)
    assert (tree.status, tree.children, len(customer.workspace_ids)) == (TreeStatus.ENDED, [], 5)
    for workspace_id in customer.workspace_ids:
        workspace = house.agency.workspace(workspace_id)
        assert (workspace.plan, workspace.tree_id, workspace.parent_id) == (FREE.name, None, None)


def facts_without_the_way(house: House, customer: Customer) -> list[str]:
    """Without what only those hear who are told in time: that an end is scheduled."""
    return [fact for fact in facts_of(house, customer) if "Tree.CancellationScheduled" not in fact]


def test_all_orders_after_all_has_happened_end_the_same(house: House, stripe: Stripe) -> None:
    customers = [stripe.buys() for _ in ORDERS]
    for customer in customers:
        stripe.cancels(customer)
    stripe.period_ends()

    for order, customer in zip(ORDERS, customers, strict=True):
        for kind in order:
            stripe.tells(customer.notices[kind])

    for customer in customers:
        assert_five_free_workspaces(house, customer)
        assert facts_of(house, customer) == facts_of(house, customers[0])
        assert screens_of(house, customer) == screens_of(house, customers[0])


def test_all_orders_told_as_early_as_they_can_be_end_the_same(house: House, stripe: Stripe) -> None:
    customers = [stripe.buys() for _ in ORDERS]
    untold = [list(order) for order in ORDERS]

    def tell() -> None:
        for customer, kinds in zip(customers, untold, strict=True):
            while kinds and kinds[0] in customer.notices:
                stripe.tells(customer.notices[kinds.pop(0)])

    tell()
    for customer in customers:
        stripe.cancels(customer)
    tell()
    stripe.period_ends()
    tell()

    assert untold == [[]] * len(ORDERS)
    for customer in customers:
        assert_five_free_workspaces(house, customer)
        assert facts_without_the_way(house, customer) == facts_without_the_way(house, customers[0])
        assert screens_of(house, customer) == screens_of(house, customers[0])


def test_all_orders_for_a_buyer_who_never_came_back_end_the_same(house: House, stripe: Stripe) -> None:
    customers = [stripe.buys(comes_back=False) for _ in ORDERS]
    for customer in customers:
        stripe.cancels(customer)
    stripe.period_ends()

    for order, customer in zip(ORDERS, customers, strict=True):
        for kind in order:
            stripe.tells(customer.notices[kind])

    for customer in customers:
        assert house.agency.workspace(customer.anchor_id).plan == FREE.name
        assert facts_of(house, customer) == facts_of(house, customers[0])
        assert screens_of(house, customer) == screens_of(house, customers[0])
