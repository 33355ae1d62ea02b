"""The sheet keeps a page from scrolling sideways, and ids in one piece."""

from __future__ import annotations

import re

import pytest

from tests.web.pages.scene import Scene


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        (".wide", "position: relative"),  # holds what is hidden within, which else widens the page
        (".wide", "overflow-x: auto"),
        ("table .id", "white-space: nowrap"),
        (".filter", "display: grid"),
    ],
)
def test_what_is_wide_scrolls_within_itself(scene: Scene, selector: str, said: str) -> None:
    sheet = scene.browser(None).get("/static/style.css").get_data(as_text=True)

    rules = {
        one.strip(): body
        for selectors, body in re.findall(r"(?m)^([^@{}]+){([^}]*)}", sheet)
        for one in selectors.split(",")
    }

    assert said in rules[selector]
