"""The timeline in a real browser: its drawer, its keys, what is new, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chromium import Tab, chromium, served
from tests.web.pages.scene import Scene
from tests.web.pages.test_timeline import OF_TREE, rename
from web.access import COOKIE

DRAWER = "document.querySelector('.drawer:not([hidden]) .fact')"
OPEN = f"({DRAWER}?.dataset.place ?? null)"
SHOWN = "document.querySelector('.fact').dataset.place"
ROWS = "[...document.querySelectorAll('tbody tr')].map((row) => row.dataset.place)"
CURRENT = "document.querySelector('tr[aria-current]')?.dataset.place ?? null"
FOCUSED = "(document.activeElement.closest('tr')?.dataset.place ?? document.activeElement.id)"


@pytest.fixture
def ana(scene: Scene, tmp_path: Path) -> Iterator[Tab]:
    """Ana's browser, at the timeline of her agency."""
    with served(scene.house.app) as url, chromium(tmp_path / "browser") as browser:
        tab = browser.tab()
        house = scene.house
        tab.cookie(url, COOKIE, house.services.sessions.begin(scene.people["Ana"], house.clock()))
        tab.open(url + scene.path(OF_TREE))
        tab.until("document.querySelector('.times') !== null")
        yield tab


def is_open(place: str) -> str:
    return f"{OPEN} === '{place}'"


def test_an_event_opens_beside_its_list_and_keys_step_to_its_neighbours(scene: Scene, ana: Tab) -> None:
    rows = ana.js(ROWS)
    path = scene.path(OF_TREE)

    ana.click(f"tr[data-place='{rows[2]}'] a.told")
    ana.until(is_open(rows[2]))
    opened = ana.js("[location.pathname, document.activeElement.id]")
    ana.press("j")
    ana.until(is_open(rows[3]))
    ana.press("ArrowRight")
    ana.until(is_open(rows[4]))
    ana.press("k")
    ana.until(is_open(rows[3]))
    ana.press("ArrowLeft")
    ana.until(is_open(rows[2]))
    ana.press("ArrowLeft")
    ana.until(is_open(rows[1]))

    assert opened == [f"{path}/{rows[2]}", "fact-told"]
    assert ana.js("location.pathname") == f"{path}/{rows[1]}"
    assert ana.js(CURRENT) == rows[1]
    assert ana.js(ROWS) == rows  # the list stayed where it was
    assert ana.js(f"{DRAWER}.querySelector('.raw pre').textContent.includes('\"stream\"')")


def test_escape_and_back_close_the_drawer_and_lead_to_the_row(scene: Scene, ana: Tab) -> None:
    rows = ana.js(ROWS)
    ana.press("j")
    ana.until(is_open(rows[0]))
    ana.press("j")
    ana.until(is_open(rows[1]))

    ana.press("Escape")
    ana.until(f"{OPEN} === null")
    closed = ana.js(f"[location.pathname, location.hash, {FOCUSED}]")
    ana.click(f"tr[data-place='{rows[4]}'] a.told")
    ana.until(is_open(rows[4]))
    ana.js("history.back()")
    ana.until(f"{OPEN} === null")

    assert closed == [scene.path(OF_TREE), f"#p{rows[0]}", rows[1]]
    assert ana.js("location.hash") == f"#p{rows[4]}"
    ana.js("history.forward()")
    ana.until(is_open(rows[4]))


def test_the_address_of_an_open_event_is_a_page_of_its_own_with_the_same_keys(ana: Tab) -> None:
    rows = ana.js(ROWS)
    ana.click(f"tr[data-place='{rows[1]}'] a.told")
    ana.until(is_open(rows[1]))

    ana.open(ana.js("location.href"))
    alone = ana.js(
        "[document.querySelector('h1').textContent, document.querySelector('.fact').dataset.place]"
    )
    ana.press("j")
    ana.until(f"{SHOWN} === '{rows[2]}'")

    assert alone == ["One event", rows[1]]


def test_what_is_new_appears_on_top_while_the_newest_page_is_open(scene: Scene, ana: Tab) -> None:
    rows = ana.js(ROWS)

    rename(scene, "Adam", scene.child_id, "Larkfield")
    ana.until(f"document.querySelectorAll('tbody tr').length === {len(rows) + 1}")

    assert ana.js("document.querySelector('tbody tr a.told').textContent") == (
        "Adam renamed a workspace to Larkfield"
    )
    assert ana.js(ROWS)[1:] == rows
    assert ana.js("document.querySelector('[data-tail-told]').textContent").startswith("1 new row")


def test_back_from_another_page_returns_to_the_same_row_of_the_same_page(scene: Scene, ana: Tab) -> None:
    for number in range(60):
        rename(scene, "Ana", scene.child_id, f"Name {number}")
    ana.open(ana.js("location.href"))
    ana.click("a[rel=next]")
    ana.until("location.search.startsWith('?before=') && document.querySelector('.times') !== null")
    rows, address = ana.js(ROWS), ana.js("location.href")

    ana.click(f"tr[data-place='{rows[9]}'] a.told")
    ana.until(is_open(rows[9]))
    ana.js(f"{DRAWER}.querySelector('.ways a').click()")
    ana.until("location.pathname.includes('/why/') && document.readyState === 'complete'")
    ana.js("history.back()")
    ana.until("document.querySelector('.fact') !== null && document.readyState === 'complete'")
    ana.js("history.back()")
    ana.until(f"location.href === '{address}#p{rows[9]}' && document.querySelector('tr:target') !== null")

    assert ana.js(ROWS) == rows
    assert ana.js(f"document.querySelector('tr:target').dataset.place === '{rows[9]}'")
    ana.until(
        "(() => { const box = document.querySelector('tr:target').getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight; })()"
    )


def test_how_instants_are_written_is_remembered(ana: Tab) -> None:
    when = "document.querySelector('tbody time').textContent"
    in_utc = ana.js(when)

    ana.click("input[name=times][value=ago]")
    ana.until(f"{when} !== {in_utc!r}")
    since = ana.js(when)
    ana.open(ana.js("location.href"))
    ana.until("document.querySelector('.times') !== null")

    assert in_utc.endswith("UTC")
    assert since.endswith(("ago", "from now")) or since.startswith(("in ", "last ", "next ", "this "))
    assert ana.js(when) == since
