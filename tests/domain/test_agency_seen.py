"""Why can't I see Agency? A table of plan, what somebody is above, and whether there are children."""

from __future__ import annotations

from itertools import product

import pytest

from domain.agency_seen import SAID, WhyNoAgency, why_no_agency
from domain.permissions import Standing
from domain.plans import PLANS

S = Standing
LEADING = {S.ANCHOR_OWNER, S.ANCHOR_ADMIN, S.AUDITOR, S.SUPPORT}
PLAN, ROLE, CUSTOMER = WhyNoAgency


@pytest.mark.parametrize(
    ("plan", "above", "has_children", "expected"),
    [
        ("free", set(), False, PLAN),
        ("free", {S.ANCHOR_OWNER}, False, PLAN),
        ("pro", {S.ANCHOR_ADMIN}, True, PLAN),
        ("pro", {S.VIEWER}, False, PLAN),
        ("agency", set(), False, ROLE),
        ("agency", set(), True, ROLE),
        ("agency", {S.MEMBER}, True, ROLE),
        ("agency", {S.VIEWER}, False, ROLE),
        ("agency", {S.CHILD_OWNER}, False, ROLE),
        ("agency", {S.CHILD_AUDITOR}, True, ROLE),
        ("agency", {S.ANCHOR_OWNER}, False, CUSTOMER),
        ("agency", {S.AUDITOR}, False, CUSTOMER),
        ("agency", {S.SUPPORT}, False, CUSTOMER),
        ("agency", {S.ANCHOR_OWNER}, True, None),
        ("agency", {S.ANCHOR_ADMIN}, True, None),
        ("agency", {S.VIEWER, S.SUPPORT}, True, None),
        ("enterprise", {S.AUDITOR}, True, None),
    ],
)
def test_the_first_reason_that_applies_is_the_answer(plan, above, has_children, expected):
    assert why_no_agency(PLANS[plan], frozenset(above), has_children=has_children) is expected


def test_the_reasons_are_tried_in_the_order_in_which_they_are_listed():
    met = [
        why_no_agency(PLANS["free"], frozenset(), has_children=False),
        why_no_agency(PLANS["agency"], frozenset(), has_children=False),
        why_no_agency(PLANS["agency"], frozenset({S.ANCHOR_OWNER}), has_children=False),
    ]

    assert met == list(WhyNoAgency)
    assert set(SAID) == set(WhyNoAgency)


@pytest.mark.parametrize(("plan", "standing"), list(product(PLANS, Standing)))
def test_who_would_not_see_children_learns_nothing_of_whether_there_are_any(plan, standing):
    answers = {
        why_no_agency(PLANS[plan], frozenset({standing}), has_children=has_children)
        for has_children in (False, True)
    }

    assert standing in LEADING or len(answers) == 1
