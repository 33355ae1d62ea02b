"""Whose key is it? Nobody's, a false one, a revoked one: each is told so, and nothing is recorded."""

from __future__ import annotations

import pytest

from domain.permissions import Role
from tests.house import House
from tests.web.api.asking import EVENT, Program, error_of, recorded, rows_of

SECRET = "s" * 48
ROUTES = [("post", "/track"), ("post", "/track/batch"), ("get", "/workspace"), ("get", "/tree")]


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


def ask(program: Program, method: str, path: str):
    return program.get(path) if method == "get" else program.post(path, EVENT)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_without_a_key_every_route_says_that_one_is_missing(house, method, path):
    before = recorded(house)

    answer = ask(Program(house, None), method, path)

    assert error_of(answer) == (401, "missing_authorization", None)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert recorded(house) == before


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        f"Bearer hh_live_{'k' * 8}_{SECRET}",  # of the right form, and nobody's
        f"Bearer hh_test_{'k' * 8}_{SECRET}",
        f"Bearer hh_prod_{'k' * 8}_{SECRET}",
        f"Bearer hh_live_{'k' * 7}_{SECRET}",
        f"Bearer hh_live_{'k' * 8}_{SECRET}x",
        f"Bearer hh_live_{'k' * 8}_{'é' * 48}",
        f"Basic hh_live_{'k' * 8}_{SECRET}",
        f"hh_live_{'k' * 8}_{SECRET}",
        "Bearer " + "x" * 5_000,
        "Bearer ' OR 1=1 --",
    ],
)
def test_what_is_no_key_of_ours_is_refused_and_nothing_recorded(house, header):
    before = recorded(house)
    stranger = Program(house, None)

    answer = stranger.post("/track", EVENT, Authorization=header)

    assert error_of(answer) == (401, "invalid_api_key", None)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert recorded(house) == before


def test_a_known_id_with_another_secret_or_mode_is_no_key(house, ana, workspace):
    text = house.key(workspace, ana)
    prefix, _, key_id, secret = text.split("_")
    before = recorded(house)

    answers = [
        Program(house, false).track()
        for false in (f"{prefix}_live_{key_id}_{SECRET}", f"{prefix}_test_{key_id}_{secret}")
    ]

    assert [error_of(answer)[1] for answer in answers] == ["invalid_api_key"] * 2
    assert recorded(house) == before


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_revoked_key_is_refused_on_the_very_next_request(house, ana, workspace, method, path):
    text = house.key(workspace, ana)
    program = Program(house, text)
    assert program.track().status_code == 201
    key_id = text.split("_")[2]

    house.agency.revoke_key(workspace, ana, key_id, because=house.because(f"person:{ana}"))
    before = recorded(house)
    answer = ask(program, method, path)

    assert error_of(answer) == (401, "key_revoked", None)
    assert recorded(house) == before


def test_whoever_does_not_hold_the_secret_is_not_told_that_a_key_was_revoked(house, ana, workspace):
    key_id = house.key(workspace, ana).split("_")[2]
    house.agency.revoke_key(workspace, ana, key_id, because=house.because(f"person:{ana}"))

    answer = Program(house, f"hh_live_{key_id}_{SECRET}").track()

    assert error_of(answer) == (401, "invalid_api_key", None)


def test_the_key_of_a_deleted_workspace_is_over_with_it(house, ana):
    tree_id, _ = house.agency_of(ana)
    child = house.child(tree_id, ana, "Acme")
    program = Program(house, house.key(child, ana))
    assert program.track().status_code == 201

    house.agency.delete_child(child, ana, because=house.because(f"person:{ana}"))
    before = recorded(house)

    assert error_of(program.track()) == (401, "key_revoked", None)
    assert error_of(program.get("/workspace")) == (401, "key_revoked", None)
    assert recorded(house) == before
    assert rows_of(house, child) == 1  # what was tracked stays


def test_a_key_without_the_scope_is_told_which_one_it_lacks(house, ana, workspace):
    text = house.key(workspace, ana, scopes=("read",))
    before = recorded(house)

    answer = Program(house, text).track()

    assert error_of(answer) == (403, "scope_missing", None)
    assert recorded(house) == before


def test_a_key_lives_on_when_the_one_who_made_it_leaves(house, ana, workspace):
    adam = house.person("Adam")
    house.member(workspace, ana, adam, Role.ADMIN)
    program = Program(house, house.key(workspace, adam))

    house.agency.remove_member(workspace, ana, adam, because=house.because(f"person:{ana}"))

    assert program.track().status_code == 201


def test_the_word_bearer_is_read_in_any_case(house, program):
    key = program.headers.pop("Authorization").partition(" ")[2]

    answers = [program.post("/track", EVENT, Authorization=f"{word} {key}") for word in ("bearer", "BEARER")]

    assert [answer.status_code for answer in answers] == [201, 201]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/track", 405, "method_not_allowed"),
        ("put", "/track", 405, "method_not_allowed"),
        ("delete", "/track/batch", 405, "method_not_allowed"),
        ("post", "/workspace", 405, "method_not_allowed"),
        ("patch", "/tree", 405, "method_not_allowed"),
        ("get", "/", 404, "not_found"),
        ("post", "/track/", 404, "not_found"),
        ("get", "/%00", 404, "not_found"),
        ("get", "/workspace/../../etc/passwd", 404, "not_found"),
    ],
)
def test_an_unknown_method_or_address_is_answered_in_json_and_records_nothing(
    house, program, method, path, status, code
):
    before = recorded(house)

    answer = program.client.open(f"/api/v1{path}", method=method.upper(), headers=program.headers)

    assert error_of(answer)[:2] == (status, code)
    assert bool(answer.headers.get("Allow")) == (status == 405)
    assert answer.get_json()["error"]["hint"]
    assert status == 404 or answer.headers["Allow"] in answer.get_json()["error"]["hint"]
    assert recorded(house) == before
