"""The cookies of ours: what they are called, and with which flags a browser keeps them."""

from __future__ import annotations

from flask import Response, request

from web.services import services

SESSION = "heartwood_session"
FORM = "heartwood_form"
ASKED = "heartwood_asked"  # the secret of a browser that asked for a sign-in link
SIGN_ON = "heartwood_sign_on"  # what a browser keeps, sealed, while it is at a provider


def over_https(url: str) -> bool:
    return url.startswith("https://")


def name_for(name: str, url: str) -> str:
    """With the prefix a browser takes it from this very host and over HTTPS only; without HTTPS it
    would take none that has the prefix."""
    return f"__Host-{name}" if over_https(url) else name


def given(name: str) -> str:
    """What the browser sent; empty if it sent none."""
    return request.cookies.get(name_for(name, services().url), "")


def give(response: Response, name: str, text: str, *, seconds: int) -> None:
    url = services().url
    response.set_cookie(
        name_for(name, url),
        text,
        max_age=seconds,
        path="/",
        secure=over_https(url),
        httponly=True,
        samesite="Lax",
    )


def take_back(response: Response, name: str) -> None:
    url = services().url
    response.delete_cookie(
        name_for(name, url), path="/", secure=over_https(url), httponly=True, samesite="Lax"
    )
