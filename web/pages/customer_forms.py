"""What is typed about a customer: how to reach them, and what one should know."""

from __future__ import annotations

from web.pages.forms import name_of, text_of
from web.texts import on_lines

CONTACT_MAX = 300  # characters, on one line
NOTES_MAX = 2_000


def contact_of() -> str:
    return name_of("contact", "the contact", required=False, longest=CONTACT_MAX)


def notes_of() -> str:
    """The only text of several lines; empty if there is none."""
    return on_lines(text_of("notes", "the notes", required=False, longest=NOTES_MAX))
