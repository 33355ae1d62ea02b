"""A secret that one page shows once: sealed in this browser's cookie from the form to the page after it."""

from __future__ import annotations

import base64
import hashlib
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import session

from web.access import now, person
from web.services import services

SECONDS_MAX = 300
SHOWN_ONCE = "shown_once"


def show_on_next_page(workspace_id: UUID, secret: str) -> None:
    """The cookie is signed but can be read; what is sealed in it cannot."""
    sealed = _cipher(workspace_id).encrypt_at_time(secret.encode(), _seconds())
    session[SHOWN_ONCE] = sealed.decode()


def shown_now(workspace_id: UUID) -> str | None:
    """The secret, if one waits here for whoever asks; from now on it waits no longer."""
    sealed = session.get(SHOWN_ONCE)
    if sealed is None:
        return None
    try:
        secret = _cipher(workspace_id).decrypt_at_time(sealed, SECONDS_MAX, _seconds())
    except InvalidToken:  # of another workspace or person, or too old
        return None
    del session[SHOWN_ONCE]
    return secret.decode()


def _cipher(workspace_id: UUID) -> MultiFernet:
    """For one person in one workspace, so that nobody else can open what it seals."""
    told = [f"shown once:{key}:{person()}:{workspace_id}" for key in services().form_keys()]
    keys = (base64.urlsafe_b64encode(hashlib.sha256(one.encode()).digest()) for one in told)
    return MultiFernet([Fernet(key) for key in keys])


def _seconds() -> int:
    return int(now().timestamp())
