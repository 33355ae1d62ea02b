"""The call log: who sees which calls, what was said on them, and for how long."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from domain.permissions import Role
from domain.visibility import Area, Level
from tests.house import House, make_schema
from tests.postgres import Cluster
from tests.web.api.asking import Program
from tests.web.api.voiced import CALL
from tests.web.pages.looking import looks
from tests.web.pages.scene import Scene, text_of

CALLER, SPOKEN, MADE = "+4930901820", "Larkfield, good morning.", "another appointment"
RECORDING = "https://recordings.example.com/call-4711.mp3"
SAID = {"caller": CALLER, "transcript": SPOKEN, "recording_url": RECORDING, "fields": {"wants": MADE}}
LOG, ONE = "/w/{child}/calls", "/w/{child}/calls/{call}"
SETTINGS, RETENTION = "/w/{child}/settings", "/w/{child}/settings/retention"


class Log(Scene):
    """The scene on the plan with calls; the client's program has told three of them."""

    def __init__(self, house: House) -> None:
        super().__init__(house, plan="agency_voice")
        self.program = Program(house, house.key(self.child_id, self.people["Ana"]))
        house.wiring.deliver_due()
        self.call_id = self.tell(seconds=63, **SAID)
        self.tell(kind="web", outcome="voicemail", seconds=3_601, started_at="2026-03-01T08:50:00Z")
        self.tell(direction="outbound", outcome="busy", seconds=0, started_at="2026-02-27T12:00:00Z")

    def tell(self, **fields: Any) -> str:
        answer = self.program.post("/calls", CALL | fields)
        assert answer.status_code == 201, answer.get_json()
        self.house.run_followed()
        return str(answer.get_json()["call_id"])

    def at(self, template: str) -> str:
        return self.path(template.replace("{call}", self.call_id))

    def page(self, who: str, template: str) -> str:
        return text_of(self.browser(who).get(self.at(template)))

    def retire(self) -> None:
        self.house.wiring.retiring.retire_texts()
        self.house.run_followed()


@pytest.fixture
def log(house: House) -> Log:
    return Log(house)


@pytest.fixture(scope="module")
def still(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """One for all tests that only look."""
    conninfo = postgres.new_database(postgres.template("house", make_schema))
    house = House(conninfo, tmp_path_factory.mktemp("house"))
    yield Log(house)
    house.close()
    postgres.drop_database(conninfo)


def test_the_log_tells_what_each_call_was_and_what_it_cost(still):
    page = still.page("Ben", LOG)

    assert (
        "1 Mar 2026, 08:55:00 UTC phone, inbound +4930901820 completed 1:03 € 0.126"
        " 1 Mar 2026, 08:50:00 UTC web, inbound voicemail 1:00:01 € 5.4015"
        " 27 Feb 2026, 12:00:00 UTC phone, outbound busy 0:00 € 0.00"
    ) in page


ASKED = (
    ("kind=web", ["08:50:00"]),
    ("outcome=busy", ["12:00:00"]),
    ("since=2026-03-01", ["08:55:00", "08:50:00"]),
    ("until=2026-02-28", ["12:00:00"]),
    ("since=2026-03-01T08:51Z&kind=phone", ["08:55:00"]),
    ("agent=7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a02", []),
)


def test_the_address_says_which_calls_are_shown(still):
    pages = [(still.page("Ben", f"{LOG}?{asked}"), shown) for asked, shown in ASKED]

    for page, shown in pages:
        assert [at for at in ("08:55:00", "08:50:00", "12:00:00") if at in page] == shown


def test_what_cannot_be_asked_is_said(still):
    asked = ("kind=letter", "outcome=good", "agent=concierge", "since=then", "until=x", "before=x~y")

    answers = [still.browser("Ben").get(still.path(f"{LOG}?{one}")) for one in asked]

    assert [answer.status_code for answer in answers] == [400] * len(asked)


def test_pages_of_calls_follow_one_another_without_a_gap(log):
    log.program.post(
        "/calls/batch",
        {"calls": [CALL | {"seconds": n, "started_at": "2026-02-01T00:00:00Z"} for n in range(60)]},
    )
    log.house.run_followed()
    browser, seen = log.browser("Ben"), list[str]()

    path: str | None = log.path(LOG)
    while path:
        page = browser.get(path).get_data(as_text=True)
        seen += [one.split('"')[0] for one in page.split(f'href="/w/{log.child_id}/calls/')[1:]]
        older = page.split('rel="next"')[0].rpartition('href="')[2].split('"')[0]
        path = older.replace("&amp;", "&") if 'rel="next"' in page else None

    assert len(seen) == len(set(seen)) == 63


def test_a_call_shows_what_was_said_to_whoever_may_read_it_and_the_recording_to_admins(still):
    for who in ("Ana", "Adam", "Olga", "Ben", "Vera"):
        page = still.browser(who).get(still.at(ONE)).get_data(as_text=True)
        shown = [what for what in (CALLER, SPOKEN, MADE, RECORDING) if what in page]
        listed = CALLER in still.browser(who).get(still.at(LOG)).get_data(as_text=True)

        expected = {"Ben": [CALLER, SPOKEN, MADE], "Vera": []}.get(who, [CALLER, SPOKEN, MADE, RECORDING])
        assert (shown, listed) == (expected, who != "Vera"), who
        assert "63 seconds at € 0.002 each: € 0.126" in text_of(still.browser(who).get(still.at(ONE)))


def test_an_auditor_and_support_see_the_calls_and_nothing_that_was_said(still):
    still.people["Ada"] = still.house.person("Ada")
    still.house.member(still.anchor_id, still.people["Ana"], still.people["Ada"], Role.AUDITOR)
    looks(still)
    still.house.run_followed()

    for who in ("Ada", "Sam"):
        pages = [still.browser(who).get(still.at(one)) for one in (LOG, ONE, f"{LOG}.csv")]

        assert [page.status_code for page in pages] == [200] * 3, who
        told = "".join(page.get_data(as_text=True) for page in pages)
        assert not [what for what in (CALLER, SPOKEN, MADE, RECORDING) if what in told], who


def test_strangers_and_clients_to_whom_the_dashboard_is_hidden_see_no_calls(log):
    paths = [log.at(one) for one in (LOG, ONE, f"{LOG}.csv")]

    strangers = [log.browser("Eve").get(path).status_code for path in paths]
    log.house.agency.set_visibility(
        log.tree_id,
        log.people["Ana"],
        [log.child_id],
        {Area.DASHBOARD: Level.NONE},
        because=log.house.because(),
    )
    log.house.run_followed()
    clients = [log.browser(who).get(path).status_code for path in paths for who in ("Olga", "Ben", "Vera")]
    read = [log.program.get(path).status_code for path in ("/calls", f"/calls/{log.call_id}")]

    assert set(strangers + clients + read) == {404}
    assert log.browser("Adam").get(paths[0]).status_code == 200
    assert log.program.post("/calls", CALL | {"seconds": 1}).status_code == 201


def test_a_call_of_another_workspace_is_not_there(still):
    answer = still.browser("Ana").get(still.at("/w/{sibling}/calls/{call}"))

    assert answer.status_code == 404


def test_the_table_has_what_the_list_shows_and_nobody_s_words(still):
    answer = still.browser("Olga").get(still.path(f"{LOG}.csv?kind=phone"))

    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))
    assert [(row["started_at"], row["seconds"], row["credits"], row["outcome"]) for row in rows] == [
        ("2026-03-01T08:55:00Z", "63", "0.126", "completed"),
        ("2026-02-27T12:00:00Z", "0", "0.00", "busy"),
    ]
    assert CALLER not in answer.get_data(as_text=True)


def test_a_program_reads_its_calls_page_by_page_and_each_with_what_was_said(still):
    first = still.program.get("/calls?limit=2").get_json()
    second = still.program.get(f"/calls?limit=2&before={first['next']}").get_json()
    only = still.program.get("/calls?outcome=busy&from=2026-02-27T00:00:00Z&to=2026-02-28T00:00:00Z")
    one = still.program.get(f"/calls/{still.call_id}").get_json()

    told = [(call["kind"], call["outcome"], call["seconds"]) for call in first["calls"] + second["calls"]]
    assert told == [("phone", "completed", 63), ("web", "voicemail", 3_601), ("phone", "busy", 0)]
    assert second["next"] is None
    assert [call["outcome"] for call in only.get_json()["calls"]] == ["busy"]
    assert {name: one[name] for name in SAID} == SAID
    assert (one["texts"], one["credits_micros"]) == ("kept", 126_000)
    limits = ("limit=0", "limit=101", "limit=00000000199", f"limit=000000001{10**30}", f"limit={'9' * 5_000}")
    for wrong in (*limits, "kind=x", "before=x", "agent_id=x", "from=x", "state=x", "x=y"):
        assert still.program.get(f"/calls?{wrong}").status_code == 422, wrong


# Retention.


def test_what_was_said_goes_when_its_time_is_over_and_the_call_stays(log):
    before = log.house.clock()
    olga = log.browser("Olga")
    told = text_of(olga.follow(olga.post(log.path(RETENTION), days="7")))
    log.house.clock.advance(days=7, hours=14)
    log.retire()
    kept = log.page("Ben", ONE)
    log.house.clock.advance(days=1)

    log.retire()
    log.retire()

    assert "is kept for 7 days now" in told
    assert SPOKEN in kept
    page = log.page("Ben", ONE)
    assert "Deleted after 7 days, as this workspace has it." in page
    assert "63 seconds at € 0.002 each" in page
    assert CALLER not in log.page("Ben", LOG)
    assert log.program.get(f"/calls/{log.call_id}").get_json()["texts"] == "deleted"
    assert log.facts().count("Workspace.CallTextsRetired") == 1
    then = log.browser("Olga").get(log.at(f"{ONE}?as_of={before:%Y-%m-%dT%H:%M}Z"))
    assert then.status_code == 200
    assert SPOKEN not in then.get_data(as_text=True)
    assert "63 seconds at € 0.002 each" in text_of(then)


def test_what_is_told_too_late_is_never_kept_and_told_again_it_is_known(log):
    log.browser("Olga").post(log.path(RETENTION), days="7")
    old = {"seconds": 5, "started_at": "2026-02-01T00:00:00Z", **SAID}
    fresh = {"seconds": 6, "started_at": "2026-03-01T08:00:00Z", **SAID}
    many = [CALL | old | {"idempotency_key": "old"}, CALL | fresh | {"idempotency_key": "fresh"}]

    late = log.tell(**old)
    batch = log.program.post("/calls/batch", {"calls": many}).get_json()["results"]
    again = log.program.post("/calls/batch", {"calls": many}).get_json()["results"]
    log.house.run_followed()

    told = [late, *(one["call_id"] for one in batch)]
    texts = [log.program.get(f"/calls/{one}").get_json()["texts"] for one in told]
    assert texts == ["deleted", "deleted", "kept"]
    assert [one["status"] for one in again] == [200, 200]


def test_a_call_told_again_after_its_texts_are_gone_does_not_bring_them_back(log):
    told = CALL | {"seconds": 9, **SAID}
    first = log.program.post("/calls", told, Idempotency_Key="call-9").get_json()
    log.browser("Olga").post(log.path(RETENTION), days="7")
    log.house.clock.advance(days=9)
    log.house.run_followed()
    log.retire()

    again = log.program.post("/calls", told, Idempotency_Key="call-9")

    assert (again.status_code, again.get_json()) == (200, first)
    assert log.program.get(f"/calls/{first['call_id']}").get_json()["texts"] == "deleted"


def test_a_time_that_cannot_be_is_refused(still):
    wrong = ("6", "3651", "", "x", "7.5", "-7", "٧")

    answers = [still.browser("Olga").post(still.path(RETENTION), days=days) for days in wrong]

    assert [answer.status_code for answer in answers] == [422] * len(wrong)
    assert all("7 at least and 3,650 at most" in text_of(answer) for answer in answers)
    assert "Workspace.RetentionSet" not in still.facts()


def test_who_leads_the_workspace_sets_the_time_and_nobody_else(log):
    statuses = {
        who: log.browser(who).post(log.path(RETENTION), days="30").status_code
        for who in ("Ana", "Adam", "Olga", "Ben", "Vera", "Eve")
    }

    assert statuses == {"Ana": 303, "Adam": 303, "Olga": 303, "Ben": 404, "Vera": 404, "Eve": 404}
    assert log.facts().count("Workspace.RetentionSet") == 1
    assert "Transcripts and recordings" not in log.page("Ben", SETTINGS)


def test_calls_are_no_lines_of_the_timeline(still):
    with still.house.database.reading() as db:
        names = {row["name"] for row in db.execute("SELECT name FROM timeline").fetchall()}

    assert "Workspace.Opened" in names
    assert not [name for name in names if name.startswith("Call.")]
