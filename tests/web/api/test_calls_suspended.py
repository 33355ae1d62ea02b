"""No call begins for a customer who is suspended or closed; one that is running is charged when it ends."""

from __future__ import annotations

import pytest

from tests.house import House
from tests.house_customers import a_customer
from tests.web.api.asking import error_of
from tests.web.api.voiced import PHONE, Voiced


@pytest.fixture
def voiced(shared_house: House) -> Voiced:
    return Voiced(shared_house)


def test_calls_stop_with_the_customer_and_go_on_with_them(voiced: Voiced) -> None:
    agency, ana = voiced.house.agency, voiced.ana
    customer_id = a_customer(voiced.house, voiced.child_id, ana)
    ids = (voiced.tree_id, ana, customer_id)
    running = voiced.begin().get_json()["call_id"]
    answers = [voiced.tell()]

    agency.suspend_customer(*ids, because=voiced.house.because())
    answers += [voiced.tell(), voiced.begin()]
    ended = voiced.end(running, seconds=10)
    agency.resume_customer(*ids, because=voiced.house.because())
    answers.append(voiced.tell())
    agency.close_customer(*ids, because=voiced.house.because())
    answers.append(voiced.tell())

    assert [answer.status_code for answer in answers] == [201, 403, 403, 201, 403]
    assert {error_of(answers[one])[1] for one in (1, 2, 4)} == {"customer_suspended"}
    assert ended.status_code == 200
    assert voiced.spent() == (60 + 10 + 60) * PHONE
