"""The picture of a story: in which box does each step stand, and which lines join them?

Steps go from left to right, each behind its cause; what one cause led to stands one below the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from projections.history.stories import Step, Story
from projections.history.stories.words import title
from projections.history.wording import span

WIDTH, HEIGHT = 200, 66  # of a box
GAP_ACROSS, GAP_DOWN = 66, 16
HEAD = 8  # of an arrow
EDGE = 4  # around all of it
BOXES_MAX = 60  # what is more stands in the list only
LAYERS_MAX = 12
LINE_LETTERS = 24  # of a title
SMALL_LETTERS = 30
LINES_MAX = 2


@dataclass(frozen=True, kw_only=True)
class Box:
    """left and top are of the box; the words stand within."""

    step: Step
    left: int
    top: int
    words: Sequence[str]
    small: str
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def bottom(self) -> int:
        return self.top + HEIGHT


@dataclass(frozen=True, kw_only=True)
class Joint:
    """A line from a cause to what it led to; `told` is how long that took, and stands at `left`, `top`."""

    points: str
    head: str  # of the arrow
    told: str
    left: int
    top: int


@dataclass(frozen=True, kw_only=True)
class Drawn:
    width: int
    height: int
    boxes: Sequence[Box]
    joints: Sequence[Joint]
    left_out: int  # steps for which there was no room


def drawn(story: Story, place: Callable[[Step], str], small: Callable[[Step], str]) -> Drawn:
    """`place` stands behind the title of a step where there is room, and `small` below it."""
    chosen = [step for step in story.steps if step.depth < LAYERS_MAX][:BOXES_MAX]
    rows = _rows(chosen)
    boxes = {
        step.number: Box(
            step=step,
            left=EDGE + step.depth * (WIDTH + GAP_ACROSS),
            top=EDGE + rows[step.number] * (HEIGHT + GAP_DOWN),
            words=_words(title(step), place(step)),
            small=_cut(small(step), SMALL_LETTERS),
        )
        for step in chosen
    }
    joints = [_joint(boxes[step.cause], boxes[step.number]) for step in chosen if step.cause is not None]
    return Drawn(
        width=max((box.left + WIDTH for box in boxes.values()), default=0) + EDGE,
        height=max((box.bottom for box in boxes.values()), default=0) + EDGE,
        boxes=[*boxes.values()],
        joints=joints,
        left_out=len(story.steps) - len(chosen),
    )


def _rows(steps: Sequence[Step]) -> dict[int, int]:
    """The first that a step led to stands beside it, each other one below all that came of those before."""
    led_to: defaultdict[int | None, list[int]] = defaultdict(list)
    for step in steps:
        led_to[step.cause].append(step.number)
    rows: dict[int, int] = {}
    free, waiting = 0, [(number, True) for number in reversed(led_to[None])]
    while waiting:
        number, opens_row = waiting.pop()
        rows[number] = free if opens_row else free - 1
        free += opens_row
        # The topmost is told next, in the row of its cause; the others open rows of their own.
        below = led_to[number]
        waiting += [(one, True) for one in reversed(below[1:])]
        waiting += [(one, False) for one in below[:1]]
    return rows


def _joint(of: Box, to: Box) -> Joint:
    start, end = of.left + WIDTH, to.left
    middle = start + GAP_ACROSS // 4
    level_of, level_to = of.top + HEIGHT // 2, to.top + HEIGHT // 2
    return Joint(
        points=f"{start},{level_of} {middle},{level_of} {middle},{level_to} {end - HEAD},{level_to}",
        head=f"{end},{level_to} {end - HEAD},{level_to - HEAD // 2} {end - HEAD},{level_to + HEAD // 2}",
        told="" if to.step.after is None else _short(span(to.step.after)),
        left=(middle + end) // 2,
        top=level_to - 5,
    )


def _short(text: str) -> str:
    """There is room for the largest unit only: "3 days", "40 s"."""
    if text.startswith("less"):
        return "< 1 s"
    number, unit, *_ = text.split()
    return f"{number} {'s' if unit.startswith('second') else 'min' if unit.startswith('minute') else unit}"


def _words(named: str, place: str) -> list[str]:
    lines = lines_of(named)
    return [*lines, _cut(place, LINE_LETTERS)] if place and len(lines) < LINES_MAX else lines


def lines_of(text: str) -> list[str]:
    """As many words on a line as there is room for; the last line is cut."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > LINE_LETTERS:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    if len(lines) > LINES_MAX:
        lines[LINES_MAX - 1 :] = [" ".join(lines[LINES_MAX - 1 :])]
    return [_cut(line, LINE_LETTERS) for line in lines]


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"
