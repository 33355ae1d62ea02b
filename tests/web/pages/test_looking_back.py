"""Whoever looks back sees the same pages as they were, by the rights of today, and changes nothing."""

from __future__ import annotations

import re

from domain.permissions import Role
from tests.proofs.pages_then import main_of, words
from tests.web.pages.scene import Scene, text_of

PAGES = [
    "/w/{anchor}/",
    "/w/{anchor}/workspaces",
    "/w/{anchor}/members",
    "/w/{anchor}/billing",
    "/w/{anchor}/billing/next-invoice",
    "/w/{anchor}/billing/invoices",
    "/w/{anchor}/usage/pool",
    "/w/{child}/",
    "/w/{child}/members",
]


def head(scene: Scene, log: str = "agency") -> int:
    with scene.house.database.reading() as db:
        row = db.execute("SELECT heartwood_head(%s) AS head", (log,)).fetchone()
    assert row is not None
    return int(row["head"])


def test_pages_as_of_now_show_what_they_show_now(scene: Scene) -> None:
    """To an auditor, word for word: what others have besides are forms."""
    scene.people["Ada"] = scene.house.person("Ada")
    scene.house.member(scene.anchor_id, scene.people["Ana"], scene.people["Ada"], Role.AUDITOR)
    scene.track(scene.child_id, 300)
    sees, place = scene.browser("Ada"), f"{head(scene)}.{head(scene, 'metering')}"

    for page in PAGES:
        now = sees.get(scene.path(page))
        then = sees.get(scene.path(f"{page}?as_of={place}"))

        assert then.status_code == 200, text_of(then)
        assert 'data-code="as_of"' in then.get_data(as_text=True)
        assert words(then) == words(now)


def test_nothing_can_be_done_in_the_past(scene: Scene) -> None:
    sees = scene.browser("Ana")

    for page in PAGES:
        shown = sees.get(scene.path(f"{page}?as_of={head(scene)}"))

        assert shown.status_code == 200
        assert 'method="post"' not in main_of(shown)
        assert "stripe" not in "".join(re.findall(r'href="([^"]+)"', main_of(shown)))


def test_a_page_shows_what_was_there_then(scene: Scene) -> None:
    before = head(scene)
    scene.house.clock.advance(hours=1)
    scene.house.child(scene.tree_id, scene.people["Ana"], "Heron")
    scene.track(scene.child_id, 300)
    sees = scene.browser("Ana")

    then = words(sees.get(scene.path(f"/w/{{anchor}}/?as_of={before}")))
    now = words(sees.get(scene.path("/w/{anchor}/")))

    assert "Heron" not in then
    assert "3 of 5 workspaces" in then
    assert "300" not in then
    assert "Heron" in now
    assert "300" in now


def test_an_instant_is_as_good_as_a_position(scene: Scene) -> None:
    at = scene.house.clock()
    scene.house.clock.advance(hours=1)
    scene.house.child(scene.tree_id, scene.people["Ana"], "Heron")
    scene.house.run_followed()

    page = scene.browser("Ana").get(scene.path(f"/w/{{anchor}}/?as_of={at:%Y-%m-%dT%H:%MZ}"))

    assert "Heron" not in words(page)
    assert "You look back" in text_of(page)


def test_the_gate_asks_for_the_rights_of_today(scene: Scene) -> None:
    """Olga was removed, and reads nothing of the time when she was there; an auditor who came later does."""
    then, ana = head(scene), scene.people["Ana"]
    ada = scene.house.person("Ada")
    scene.people["Ada"] = ada
    scene.house.member(scene.anchor_id, ana, ada, Role.AUDITOR)
    scene.house.agency.transfer_ownership(
        scene.child_id, scene.people["Olga"], scene.people["Ben"], Role.MEMBER, because=scene.house.because()
    )
    scene.house.agency.remove_member(scene.child_id, ana, scene.people["Olga"], because=scene.house.because())
    scene.house.run_followed()
    path = scene.path(f"/w/{{child}}/members?as_of={then}")

    removed, came_later = scene.browser("Olga").get(path), scene.browser("Ada").get(path)

    assert removed.status_code == 404
    assert came_later.status_code == 200
    assert "olga@example.com" in text_of(came_later)
    assert "ada@example.com" not in text_of(came_later)


def test_who_may_not_read_the_timeline_has_no_past(scene: Scene) -> None:
    for name in ("Eve", "Ben", "Vera"):
        for asked in (str(head(scene)), "nonsense", "1"):
            answer = scene.browser(name).get(scene.path(f"/w/{{child}}/?as_of={asked}"))

            assert answer.status_code == 404


def test_what_is_no_moment_is_told_so(scene: Scene) -> None:
    sees = scene.browser("Eve")

    for asked, said in (
        ("nonsense", "is a position such as"),
        ("", "is a position such as"),
        ("-1", "is a position such as"),
        ("4711.", "is a position such as"),
        ("9" * 30, "is a position such as"),
        ("2026-13-01", "is a position such as"),
        ("0", "no such position"),
        ("999999999999999999", "no such position"),
        ("1.999999999", "no such position"),
        ("2099-01-01", "has not come yet"),
        ("1999-01-01T00:00Z", "nothing had happened here by then"),
        ("1", "was not there at that moment"),
    ):
        answer = sees.get(scene.path(f"/w/{{eves}}/?as_of={asked}"))

        assert answer.status_code == 400
        assert said in text_of(answer).replace("Nothing", "nothing")


def test_a_page_without_a_past_says_so_and_does_nothing(scene: Scene) -> None:
    sees, facts = scene.browser("Ana"), len(scene.facts())

    shown = sees.get(scene.path("/w/{anchor}/keys?as_of=5"))
    sent = sees.post(scene.path("/w/{anchor}/workspaces?as_of=5"), name="Heron")

    assert (shown.status_code, sent.status_code) == (400, 400)
    assert len(scene.facts()) == facts


def test_the_steps_go_from_event_to_event(scene: Scene) -> None:
    sees = scene.browser("Ana")
    page = sees.get(scene.path(f"/w/{{anchor}}/?as_of={head(scene)}")).get_data(as_text=True)
    (total,) = re.findall(r'type="range"[^>]*max="(\d+)"', page)

    seen, said = [head(scene)], []
    while link := re.search(r'rel="prev" href="([^"]+)"', page):
        page = sees.get(link[1]).get_data(as_text=True)
        if "had happened" not in page:
            break
        seen.append(int(re.search(r'data-position="(\d+)"', page)[1]))  # type: ignore[index]
        said.append(re.search(r"had happened: (.*?) <small>", page)[1])  # type: ignore[index]
    slid = sees.get(scene.path("/w/{anchor}/workspaces?step=9"))

    assert seen == sorted(seen, reverse=True)
    assert "Adam joined Bright Signal as admin" in said
    assert int(total) > len(scene.facts()) / 2
    assert re.fullmatch(rf"/w/{scene.anchor_id}/workspaces\?as_of=\d+", slid.headers["Location"])


def test_a_step_keeps_what_else_the_address_says_and_goes_nowhere_else(scene: Scene) -> None:
    sees, more = scene.browser("Ana"), f"endpoint=x&_external=1&workspace_id={scene.child_id}"

    slid = sees.get(scene.path(f"/w/{{anchor}}/workspaces?step=9&{more}"))

    assert slid.status_code == 303
    assert re.fullmatch(rf"/w/{scene.anchor_id}/workspaces\?{more}&as_of=\d+", slid.headers["Location"])


def test_nobody_steps_through_what_came_after_a_workspace_had_left(scene: Scene) -> None:
    house, ana, olga = scene.house, scene.people["Ana"], scene.people["Olga"]
    subscription_id = house.agency.tree(scene.tree_id).subscription_id
    house.stripe.cancel_in_portal(subscription_id)
    house.deliver_notices()
    house.advance_to(house.agency.tree(scene.tree_id).cycle_ends_at)
    left = head(scene)
    house.agency.rename(scene.child_id, olga, "a digest", because=house.because(f"person:{olga}"))
    house.agency.rename(scene.anchor_id, ana, "a digest", because=house.because(f"person:{ana}"))
    house.run_followed()

    page = scene.browser("Ana").get(scene.path(f"/w/{{anchor}}/?as_of={left}")).get_data(as_text=True)

    assert re.findall(r'rel="next" href="[^"]*as_of=(\d+)"', page) == [str(left + 2)]


def test_links_of_the_past_lead_to_the_past_and_one_to_the_present(scene: Scene) -> None:
    position = head(scene)

    page = scene.browser("Ana").get(scene.path(f"/w/{{anchor}}/?as_of={position}")).get_data(as_text=True)

    assert scene.path(f'href="/w/{{anchor}}/billing?as_of={position}"') in page
    assert scene.path('href="/w/{anchor}/settings"') in page
    assert scene.path('<a href="/w/{anchor}/" id="now">') in page


def test_a_childs_people_are_told_no_name_of_the_agencys(scene: Scene) -> None:
    scene.house.agency.rename(
        scene.child_id,
        scene.people["Adam"],
        "a digest",
        because=scene.house.because(f"person:{scene.people['Adam']}"),
    )
    scene.house.run_followed()

    page = text_of(scene.browser("Olga").get(scene.path(f"/w/{{child}}/?as_of={head(scene)}")))

    assert "You look back" in page
    assert "Adam" not in page
    assert "The agency renamed" in page


def test_a_step_leads_to_the_page_that_was_asked_for_whatever_else_is_in_the_address(scene: Scene) -> None:
    """What is asked beside it is no part of how the address is made."""
    sees, page = scene.browser("Ana"), scene.path("/w/{anchor}/")
    odd = (
        "endpoint=x",
        "_method=POST",
        "_external=1",
        "workspace_id=%0d%0aX:y",
        "workspace_id=../..",
        "_anchor=x",
    )

    answers = [sees.get(f"{page}?step=2&{one}") for one in odd]

    assert [answer.status_code for answer in answers] == [303] * len(odd)
    assert {answer.headers["Location"].partition("?")[0] for answer in answers} == {page}
    assert {sees.follow(answer).status_code for answer in answers} == {200}
