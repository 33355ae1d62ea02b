"""Whatever is wrong with a body has a clear answer that names the field, and leaves no trace."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.house import BEGINNING, House
from tests.web.api.asking import EVENT, Program, error_of, recorded
from web.app import BODY_MAX

GOOD = json.dumps(EVENT)
LATE = (BEGINNING + timedelta(hours=24, seconds=1)).isoformat()
OLD = (BEGINNING - timedelta(days=90, seconds=1)).isoformat()


@pytest.fixture
def house(shared_house: House) -> House:
    return shared_house


def within(**fields: object) -> dict[str, object]:
    return EVENT | fields


NOT_JSON = {
    "nothing": b"",
    "a word": b"hello",
    "cut off": GOOD[:-1].encode(),
    "two objects": (GOOD + GOOD).encode(),
    "single quotes": str(EVENT).encode(),
    "a trailing comma": GOOD.replace("}", ",}").encode(),
    "a comment": (GOOD + " // done").encode(),
    "latin-1": b'{"agent_id": "\xe9", "task_type": "other", "outcome": "success"}',
    "utf-16": GOOD.encode("utf-16"),
    "utf-16 without a mark": GOOD.encode("utf-16-le"),
    "utf-32": GOOD.encode("utf-32-be"),
    "utf-7": GOOD.replace("agent-1", "é").encode("utf-7").replace(b'"', b"+ACI-"),
    "a NUL in two bytes": GOOD.replace("agent-1", "@").encode().replace(b"@", b"\xc0\x80"),
    "half a character in three bytes": GOOD.replace("agent-1", "@").encode().replace(b"@", b"\xed\xa0\x80"),
    "a character that is cut off": GOOD.replace("agent-1", "@").encode().replace(b"@", b"\xf0\x9f\xa6"),
    "a raw NUL": GOOD.replace("agent-1", "@").encode().replace(b"@", b"\x00"),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "NaN": GOOD.replace("}", ', "agent_cost": NaN}').encode(),
    "Infinity": GOOD.replace("}", ', "agent_cost": -Infinity}').encode(),
    "10,000 deep": b'{"metadata": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
    "10,000 lists deep": b"[" * 10_000 + b"]" * 10_000,
    "a number of 5,000 digits": GOOD.replace("}", f', "tokens_in": {"9" * 5_000}}}').encode(),
    "a member twice": GOOD.replace("}", ', "outcome": "failure"}').encode(),
    "a member twice, spelled in two ways": GOOD.replace("}", r', "\u006futcome": "failure"}').encode(),
    "a member twice, deeper": GOOD.replace("}", ', "metadata": {"a": 1, "a": 1}}').encode(),
    "a raw line break in a text": GOOD.replace("agent-1", "agent\n1").encode(),
    "a list": b"[]",
    "a text": b'"track"',
    "null": b"null",
    "a number": b"1",
}


@pytest.mark.parametrize("path", ["/track", "/track/batch"])
@pytest.mark.parametrize("raw", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_object_is_refused_and_nothing_recorded(house, program, path, raw):
    before = recorded(house)

    answer = program.post(path, raw=raw)

    assert error_of(answer) == (422, "validation_error", None)
    assert recorded(house) == before


WRONG: list[tuple[str, dict[str, object], str | None]] = [
    ("nothing", {}, "agent_id"),
    ("no outcome", {"agent_id": "a", "task_type": "other"}, "outcome"),
    ("an unknown field", within(workspace="b"), "workspace"),
    ("a field in capitals", within(Outcome="success"), "Outcome"),
    ("an unknown outcome", within(outcome="perhaps"), "outcome"),
    ("an outcome in capitals", within(outcome="SUCCESS"), "outcome"),
    ("no outcome at all", within(outcome=None), "outcome"),
    ("an empty name", within(agent_id=""), "agent_id"),
    ("a long name", within(agent_id="a" * 201), "agent_id"),
    ("a number for a name", within(agent_id=7), "agent_id"),
    ("a list for a name", within(task_type=["t"]), "task_type"),
    ("a text for a number", within(agent_cost="5"), "agent_cost"),
    ("true for a number", within(tokens_in=True), "tokens_in"),
    ("half a token", within(tokens_in=1.5), "tokens_in"),
    ("fewer than no tokens", within(tokens_out=-1), "tokens_out"),
    ("too many tokens", within(tokens_out=10**12 + 1), "tokens_out"),
    ("a negative cost", within(agent_cost=-0.01), "agent_cost"),
    ("an endless cost", within(agent_cost=10**400), "agent_cost"),
    ("a negative duration", within(agent_duration_seconds=-1), "agent_duration_seconds"),
    ("metadata as a list", within(metadata=[1]), "metadata"),
    ("metadata as a text", within(metadata="{}"), "metadata"),
    ("too much metadata", within(metadata={"a": "x" * 8_200}), "metadata"),
    ("an audit sample as a text", within(audit_sample="x"), "audit_sample"),
    ("a long excerpt", within(audit_sample={"input_excerpt": "x" * 2_001}), "audit_sample.input_excerpt"),
    ("an unknown excerpt", within(audit_sample={"excerpt": "x"}), "audit_sample.excerpt"),
    ("an instant without an offset", within(occurred_at="2026-03-01T09:00:00"), "occurred_at"),
    ("a day", within(occurred_at="2026-03-01"), "occurred_at"),
    ("a number as an instant", within(occurred_at=1_772_355_600), "occurred_at"),
    ("a word as an instant", within(occurred_at="yesterday"), "occurred_at"),
    ("a day that is not", within(occurred_at="2026-02-30T00:00:00Z"), "occurred_at"),
    ("a key in the body", within(idempotency_key="k"), "idempotency_key"),
]


@pytest.mark.parametrize(("event", "field"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_what_is_wrong_with_an_event_is_named_and_nothing_recorded(house, program, event, field):
    before = recorded(house)

    answer = program.post("/track", event, Idempotency_Key="order-1")

    assert error_of(answer) == (422, "validation_error", field)
    assert recorded(house) == before


UNKEPT = {
    "NUL in a name": within(agent_id="a\x00b"),
    "NUL in metadata": within(metadata={"a": ["\x00"]}),
    "NUL in a name of metadata": within(metadata={"a\x00": 1}),
    "half a character": within(agent_id="\ud800"),
    "half a character in metadata": within(metadata={"\udfff": 1}),
    "40 deep": within(metadata={"a": json.loads("[" * 40 + "]" * 40)}),
}


@pytest.mark.parametrize("event", UNKEPT.values(), ids=UNKEPT)
def test_what_the_database_could_not_keep_is_refused_and_nothing_recorded(house, program, event):
    before = recorded(house)

    answer = program.post("/track", event)

    assert error_of(answer)[:2] == (422, "validation_error")
    assert recorded(house) == before


@pytest.mark.parametrize("charset", ["utf-16", "utf-8-sig", "latin-1", "cp1252"])
def test_json_is_utf_8_whatever_the_header_says(house, program, charset):
    before = recorded(house)
    kind = f"application/json; charset={charset}"

    answer = program.post("/track", raw=GOOD.replace("agent-1", "é").encode(charset), Content_Type=kind)

    assert error_of(answer) == (422, "validation_error", None)
    assert "UTF-8" in answer.get_json()["error"]["hint"]
    assert recorded(house) == before


UNKEPT_EVENTS = [event for name, event in UNKEPT.items() if name != "40 deep"]


def test_what_could_not_be_kept_spoils_no_other_event_of_its_batch(program):
    answer = program.batch([EVENT, *UNKEPT_EVENTS, EVENT])

    statuses = [result["status"] for result in answer.get_json()["results"]]
    assert statuses == [201, *[422] * len(UNKEPT_EVENTS), 201]


@pytest.mark.parametrize("given", ["Bearer \xe9", "Bearer " + "x" * 10_000, "Basic YTpi", "Bearer", "\x01"])
def test_what_is_no_key_is_no_fault_of_ours(house, given):
    stranger = Program(house, None)

    answer = stranger.post("/track", EVENT, Authorization=given)

    assert error_of(answer) == (401, "invalid_api_key", None)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("number", ["1e400", "-1e400"])
def test_a_number_beyond_all_bounds_is_refused_wherever_it_stands(house, program, number):
    before = recorded(house)

    answers = [
        program.post("/track", raw=GOOD.replace("}", f', "{field}": {value}}}'))
        for field, value in (("agent_cost", number), ("metadata", f'{{"a": [{number}]}}'))
    ]

    assert [error_of(answer)[:2] for answer in answers] == [(422, "validation_error")] * 2
    assert recorded(house) == before


@pytest.mark.parametrize(
    "at",
    [
        LATE,
        OLD,
        "0001-01-01T00:00:00+23:59",  # before the first instant that can be told in UTC
        "9999-12-31T23:59:59-23:59",
        "1970-01-01T00:00:00Z",
    ],
)
def test_an_instant_out_of_range_has_a_code_of_its_own(house, program, at):
    before = recorded(house)

    answer = program.track(occurred_at=at)

    assert error_of(answer) == (422, "occurred_at_out_of_range", "occurred_at")
    assert recorded(house) == before


@pytest.mark.parametrize("off", [timedelta(hours=24), -timedelta(days=90), timedelta(0)])
def test_an_instant_at_the_edge_is_taken(house, program, off):
    assert program.track(occurred_at=(house.clock() + off).isoformat()).status_code == 201


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "json"]
)
@pytest.mark.parametrize("path", ["/track", "/track/batch"])
def test_what_does_not_say_that_it_is_json_is_refused_and_nothing_recorded(house, program, path, kind):
    before = recorded(house)

    answer = program.post(path, EVENT, Content_Type=kind)

    assert error_of(answer) == (415, "unsupported_media_type", None)
    assert "-H 'Content-Type: application/json'" in answer.get_json()["error"]["hint"]
    assert recorded(house) == before


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/vnd.api+json"])
def test_json_by_another_name_is_taken(program, kind):
    assert program.post("/track", EVENT, Content_Type=kind).status_code == 201


@pytest.mark.parametrize("path", ["/track", "/track/batch"])
def test_a_body_that_is_too_large_is_not_even_read(house, program, path):
    before = recorded(house)

    answer = program.post(path, raw=b" " * (BODY_MAX + 1))

    assert error_of(answer) == (413, "too_large", None)
    assert recorded(house) == before


def test_the_key_is_asked_for_before_the_body_is_looked_at(house):
    answer = Program(house, None).post("/track", raw=b"{")

    assert error_of(answer) == (401, "missing_authorization", None)


def test_texts_of_every_script_are_kept_as_they_are(house, workspace, program):
    odd = "Ünïcödé 名前 🦉 \u202e e\u0301 \x01 \\ \" ' </script>"

    answer = program.track(agent_id=odd, metadata={odd: odd})

    with house.database.connection() as db:
        row = db.execute("SELECT body FROM usage WHERE workspace_id = %s", (workspace,)).fetchone()
    assert answer.status_code == 201
    assert row is not None
    assert (row["body"]["agent_id"], row["body"]["metadata"]) == (odd, {odd: odd})


@pytest.mark.parametrize("path", ["/track", "/track/batch"])
@pytest.mark.parametrize("name", ["outcome", "occurred_at", "\udfff", "agent_id"])
def test_half_a_character_is_refused_wherever_it_stands(house, program, path, name):
    event, before = within(**{name: "\ud800"}), recorded(house)

    answer = program.post(path, {"events": [event]} if path.endswith("batch") else event)

    body = answer.get_json()
    error = body["results"][0]["error"] if path.endswith("batch") else body["error"]
    assert error["code"] == "validation_error"
    assert recorded(house) == before
