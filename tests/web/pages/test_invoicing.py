"""What to ask of each client for a cycle, with the agency's own markup, on a page and as a table."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID, uuid4

from domain.calls.call import Kind
from domain.commands.customers import Into
from domain.customer import About
from projections.catalogue import CUSTOMERS
from tests.web.pages.scene import text_of
from tests.web.pages.voice_scene import CREDIT_SECONDS, Voice

INVOICING = "/w/{anchor}/invoicing"


def customer_of(voice: Voice, name: str, workspace_id: UUID) -> UUID:
    ana, vault = voice.people["Ana"], voice.house.wiring.vault
    because = voice.house.because(f"person:{ana}")
    about = About(name_digest=vault.keep_text(voice.anchor_id, name), contact_id=uuid4())
    into = Into(workspace_id=workspace_id)
    voice.house.agency.add_customer(voice.tree_id, ana, into, about, because=because)
    voice.house.run_followed()
    with voice.house.database.reading() as db:
        return CUSTOMERS.of_anchor(db, voice.anchor_id)[0].customer_id


def marks_up(voice: Voice, customer_id: UUID, percent: str, who: str = "Ana"):  # type: ignore[no-untyped-def]
    return voice.browser(who).post(voice.path(f"{INVOICING}/{customer_id}/markup"), percent=percent)


def table(voice: Voice, query: str = "") -> list[dict[str, str]]:
    voice.house.run_followed()
    answer = voice.browser("Ana").get(voice.path(f"{INVOICING}.csv{query}"))
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


def test_each_line_is_what_was_used_with_the_markup_on_it(voice: Voice) -> None:
    customer_id = customer_of(voice, "Larkfield Ltd", voice.child_id)
    voice.called(voice.child_id, 90)
    voice.called(voice.child_id, 31, kind=Kind.WEB)
    voice.called(voice.sibling_id, CREDIT_SECONDS)
    voice.called(voice.anchor_id, CREDIT_SECONDS)

    assert marks_up(voice, customer_id, "12,5").status_code == 303
    rows = table(voice)

    told = [
        (row["customer"], row["workspace"], row["category"], row["seconds"], row["credits"], row["amount"])
        for row in rows
    ]
    line = "Larkfield — Support line"
    assert told == [
        ("Larkfield Ltd", line, "phone_call", "90", "0.18", "0.20"),
        ("Larkfield Ltd", line, "web_call", "31", "0.0465", "0.05"),
        ("", "Osprey — Sales line", "phone_call", "500", "1.00", "1.00"),
    ]
    assert [row["markup_percent"] for row in rows] == ["12.50", "12.50", "0.00"]
    page = text_of(voice.browser("Ana").get(voice.path(INVOICING)))
    assert "Larkfield Ltd Larkfield — Support line Phone calls 1 1.5 € 0.18 12.5% € 0.20" in page
    assert "Together € 1.2265 € 1.25" in page


def test_an_earlier_cycle_is_asked_for_by_its_beginning(voice: Voice) -> None:
    voice.called(voice.child_id, CREDIT_SECONDS)
    voice.house.leap_to(voice.house.clock() + timedelta(days=32))
    voice.called(voice.child_id, 2 * CREDIT_SECONDS)

    (now,) = table(voice)
    page = voice.browser("Ana").get(voice.path(INVOICING)).get_data(as_text=True)
    with voice.house.database.reading() as db:
        first = db.execute("SELECT min(cycle_started_at) AS at FROM use_days").fetchone()
    assert first is not None
    began = quote(first["at"].isoformat(), safe=":")

    assert now["credits"] == "2.00"
    assert [row["credits"] for row in table(voice, f"?cycle={began}")] == ["1.00"]
    assert began in page
    never = voice.path(f"{INVOICING}.csv?cycle=2020-01-01")
    assert voice.browser("Ana").get(never).status_code == 400


def test_who_follows_in_a_workspace_is_not_asked_for_what_another_one_used(voice: Voice) -> None:
    first = customer_of(voice, "Larkfield Ltd", voice.child_id)
    marks_up(voice, first, "20")
    voice.called(voice.child_id, CREDIT_SECONDS)
    began = voice.house.clock()
    voice.house.leap_to(began + timedelta(days=32))
    ana, because = voice.people["Ana"], voice.house.because()
    voice.house.agency.close_customer(voice.tree_id, ana, first, because=because)
    customer_of(voice, "Birch Ltd", voice.child_id)
    voice.called(voice.child_id, CREDIT_SECONDS)
    voice.called(voice.sibling_id, CREDIT_SECONDS)
    customer_of(voice, "Osprey Ltd", voice.sibling_id)

    tables = table(voice), table(voice, f"?cycle={quote(began.isoformat(), safe=':')}")

    told = [[(row["customer"], row["amount"]) for row in rows] for rows in tables]
    assert told == [[("Birch Ltd", "1.00"), ("Osprey Ltd", "1.00")], [("Larkfield Ltd", "1.20")]]


def test_a_customer_who_is_written_down_later_is_named_also_for_the_cycles_before(voice: Voice) -> None:
    voice.called(voice.child_id, CREDIT_SECONDS)
    began = voice.house.clock()
    voice.house.leap_to(began + timedelta(days=32))
    customer_of(voice, "Larkfield Ltd", voice.child_id)

    (row,) = table(voice, f"?cycle={quote(began.isoformat(), safe=':')}")

    assert row["customer"] == "Larkfield Ltd"


def test_a_deleted_client_is_asked_for_what_it_used(voice: Voice) -> None:
    customer_of(voice, "Larkfield Ltd", voice.child_id)
    voice.called(voice.child_id, CREDIT_SECONDS)
    ana = voice.people["Ana"]
    voice.house.agency.delete_child(voice.child_id, ana, because=voice.house.because(f"person:{ana}"))

    (row,) = table(voice)

    assert (row["customer"], row["workspace"], row["credits"]) == ("Larkfield Ltd", "", "1.00")


def test_a_name_that_begins_like_a_formula_is_no_formula(voice: Voice) -> None:
    customer_of(voice, "=1+1", voice.child_id)
    voice.called(voice.child_id, 10)

    assert table(voice)[0]["customer"] == "'=1+1"


def test_a_markup_that_cannot_be_meant_or_is_not_theirs_to_set_changes_nothing(voice: Voice) -> None:
    customer_id = customer_of(voice, "Larkfield Ltd", voice.child_id)
    before = voice.facts()

    statuses = [marks_up(voice, customer_id, text).status_code for text in ("-1", "ten", "1001", "1.234")]
    others = [marks_up(voice, customer_id, "20", who).status_code for who in ("Olga", "Ben", "Eve")]
    nowhere = marks_up(voice, uuid4(), "20").status_code

    assert (statuses, others, nowhere) == ([422] * 4, [404] * 3, 404)
    assert voice.facts() == before
