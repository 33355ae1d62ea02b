"""A browser is told in words that a person knows it by, whatever it says of itself."""

from __future__ import annotations

import pytest

from web.browsers import in_words

SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (SAFARI, "Safari on macOS"),
        (CHROME, "Chrome on Windows"),
        (f"{CHROME} Edg/140.0", "Edge on Windows"),
        (f"{CHROME} OPR/120.0", "Opera on Windows"),
        (CHROME.replace("Windows NT 10.0; Win64; x64", "Linux; Android 15; Pixel 9"), "Chrome on Android"),
        (SAFARI.replace("Macintosh; Intel", "iPhone; CPU like"), "Safari on iPhone"),
        ("curl/8.5.0", "Another program"),
        ("", "Another program"),
        ("<script>alert(1)</script> Linux", "Another program on Linux"),
        ("x" * 100_000, "Another program"),
    ],
)
def test_a_browser_in_words(said: str, words: str) -> None:
    assert in_words(said) == words
