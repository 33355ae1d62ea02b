"""Where the boxes of a story lie: none on another, each behind its cause, and no more than fit."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from domain.fact import Fact
from projections.history.stories import Story, told
from tests.histories.life import an_agency, everything_once
from tests.projections.explained import run_out
from web.pages.story_drawn import BOXES_MAX, GAP_ACROSS, LAYERS_MAX, LINE_LETTERS, WIDTH, drawn, lines_of


def nothing(_: object) -> str:
    return ""


def a_story(count: int, *, chain: bool) -> Story:
    """So many facts, each because of the one before or all because of the first."""
    first = next(fact for fact in run_out(an_agency()).facts if fact.name == "Workspace.Downgraded")
    facts: list[Fact] = []
    for number in range(count):
        of = facts[-1 if chain else 0] if facts else None
        cause = f"fact:{of.stream}/{of.version}" if of else "request:first"
        changed = {"cause": cause, "timestamp": first.event.timestamp + timedelta(seconds=number)}
        event = type(first.event)(**vars(first.event) | changed)
        state = json.dumps(json.loads(first.state) | {"cause": cause}).encode()
        facts.append(replace(first, position=number + 1, version=number + 1, event=event, state=state))
    return told(facts, name="long")


@pytest.mark.parametrize("name", sorted({fact.event.story for fact in everything_once().facts}))
def test_no_box_lies_on_another_and_each_is_behind_its_cause(name: str):
    story = told([fact for fact in everything_once().facts if fact.event.story == name], name=name)

    found = drawn(story, nothing, nothing)

    places = [(box.left, box.top) for box in found.boxes]
    assert len(set(places)) == len(places) == len(story.steps)
    for box in found.boxes:
        cause = story.caused_by(box.step)
        if cause is not None:
            assert box.left == found.boxes[cause.number - 1].left + WIDTH + GAP_ACROSS
        assert box.left + box.width < found.width
        assert box.bottom < found.height
    assert len(found.joints) == sum(step.cause is not None for step in story.steps)


def test_in_a_column_boxes_keep_apart():
    found = drawn(a_story(30, chain=False), nothing, nothing)

    column = sorted(box.top for box in found.boxes if box.step.depth == 2)
    assert len(column) == 29
    assert all(lower - upper >= found.boxes[0].height for upper, lower in pairwise(column))


def test_of_a_wide_story_there_is_room_for_so_many():
    found = drawn(a_story(500, chain=False), nothing, nothing)

    assert (len(found.boxes), found.left_out) == (BOXES_MAX, 501 - BOXES_MAX)


def test_of_a_deep_story_there_is_room_for_so_many_layers():
    found = drawn(a_story(100, chain=True), nothing, nothing)

    assert (len(found.boxes), found.left_out) == (LAYERS_MAX, 101 - LAYERS_MAX)


def test_a_story_of_nothing_is_an_empty_picture():
    assert drawn(told([], name="x"), nothing, nothing).boxes == []


def test_a_title_is_broken_and_cut():
    assert lines_of("Workspace taken out of the agency") == ["Workspace taken out of", "the agency"]
    assert all(len(line) <= LINE_LETTERS for line in lines_of("word " * 40))
    assert lines_of("x" * 90) == ["x" * (LINE_LETTERS - 1) + "…"]
