"""Is what people send only ever a text: for the database, templates, browsers, mails and spreadsheets?"""

from __future__ import annotations

import csv
import io
import re
import time
from email import message_from_bytes, policy

import pytest

from tests.proofs.isolation.asking import Asked, Asking, body_of
from tests.proofs.isolation.forms import FORMS
from tests.proofs.isolation.ground import Ground
from tests.proofs.isolation.injecting import LONG, Injecting, why_not
from tests.proofs.isolation.matrix import Matrix, admits
from tests.proofs.isolation.payloads import HEADER, MARK, MARKUP, TABLE
from tests.proofs.isolation.state import state_of, tables_of
from tests.proofs.isolation.table import GATES
from tests.proofs.isolation.targets import filled, path_of, roots_of
from tests.story.browser import Page

TRIES_MIN = 40_000 if LONG else 10_000
A_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
OF_MAILS = {"from", "to", "subject", "date", "message-id", "mime-version", "content-type"}
OF_MAILS |= {"content-transfer-encoding", "auto-submitted"}


@pytest.mark.timeout(7_200 if LONG else 900)
def test_whatever_is_sent_is_only_ever_a_text(ground: Ground, asking: Asking, lines: list[str]) -> None:
    injecting, began = Injecting(ground, asking), time.process_time()
    before, tables = state_of(ground), tables_of(ground)
    others = len(ground.house.services.evidence.of_tree(ground.trees["harbor"]))

    injecting.run()

    seconds, tries = time.process_time() - began, sum(injecting.by_position.values())
    print(f"{tries} tries in {seconds:.0f} s: {dict(injecting.by_position)}, {dict(injecting.statuses)}")
    assert not injecting.wrong, f"{len(injecting.wrong)} wrong:\n" + "\n".join(injecting.wrong[:20])
    assert tries >= TRIES_MIN
    assert tables_of(ground) == tables
    assert all(found >= before[table] for table, found in state_of(ground).items())
    assert len(ground.house.services.evidence.of_tree(ground.trees["harbor"])) == others
    assert [line for line in lines if "failed" in line] == []


def test_what_was_kept_of_it_is_shown_as_it_was_written(ground: Ground) -> None:
    """On every page of those who belong there, by browsers that came after."""
    asking = Asking(ground)
    shown, wrong = 0, []
    for rule, method in Matrix(ground, asking).routes():
        if method != "GET" or rule.endpoint in ("static", "health.healthz"):
            continue
        for who in ("ana", "olga", "sam", "eve"):
            for place in roots_of(rule):
                if not admits(GATES[rule.endpoint], who, place):
                    continue
                path = path_of(rule, filled(ground, rule, place))
                answer = asking.client.get(path, headers={"Cookie": asking.cookies[who]})
                shown += f"{MARK}" in answer.get_data(as_text=True)
                wrong += [f"{what}: {path}" for one in MARKUP for what in why_not(answer, one)]

    assert wrong == []
    assert shown, "no page shows anything of it"


def test_no_mail_has_a_line_above_its_text_that_was_not_ours(ground: Ground) -> None:
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in ground.house.services.mail.folder.glob("*.eml")
    ]

    assert len(mails) > 20
    assert {name.lower() for mail in mails for name in mail} <= OF_MAILS
    assert [mail["To"] for mail in mails if len(mail["To"].addresses) != 1] == []
    assert [str(mail["Subject"]) for mail in mails if "\n" in str(mail["Subject"])] == []


@pytest.mark.parametrize("text", [*TABLE, *HEADER[:2]])
def test_no_cell_of_a_table_computes(ground: Ground, text: str) -> None:
    asking = Asking(ground)
    anchor = ground.places["anchor"]
    path = f"/w/{anchor}/billing/invoices/{ground.things['invoice']['anchor']}.csv"
    rename = Asked(method="POST", path=f"/w/{anchor}/settings/name", fields={"name": text})

    asking.ask("ana", rename)

    answer = asking.client.get(path, headers={"Cookie": asking.cookies["ana"]})
    cells = [cell for row in csv.reader(io.StringIO(answer.get_data(as_text=True))) for cell in row]
    assert len(cells) > 30
    assert [
        one for one in cells if one.lstrip()[:1] in "=+-@\t\r" and one.strip() and not A_NUMBER.fullmatch(one)
    ] == []


def test_every_field_of_every_form_on_a_page_is_one_that_was_tried(ground: Ground) -> None:
    asking = Asking(ground)
    adapter, missing = ground.house.app.url_map.bind("localhost"), set()
    for rule, method in Matrix(ground, asking).routes():
        for who in ("ana", "eve", "sam", "hana") if method == "GET" and rule.endpoint != "static" else ():
            place = next((one for one in roots_of(rule) if admits(GATES[rule.endpoint], who, one)), None)
            if place is None:
                continue
            path = path_of(rule, filled(ground, rule, place))
            answer = asking.client.get(path, headers={"Cookie": asking.cookies[who]})
            for form in Page(f"http://localhost{path}", 200, body_of(answer)).forms:
                if form.method == "POST":
                    endpoint = adapter.match(form.action.removeprefix("http://localhost"), method="POST")[0]
                    names = {*form.fields, *form.asked} - {"", "form_token", "request_id"}
                    missing |= {(endpoint, name) for name in names - {*FORMS.get(endpoint, {})}}

    assert missing == set(), "tell tests/proofs/isolation/forms.py in FORMS how to fill it in"
