"""What a page says: its text, without the top of the page and the ways out to Stripe."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse


def main_of(answer: TestResponse) -> str:
    return answer.get_data(as_text=True).partition("<main")[2]


def words(answer: TestResponse) -> str:
    shown = re.sub(r"(?s)<a[^>]*/(page|pdf)\">.*?</a>( ·)?", "", main_of(answer))
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())
