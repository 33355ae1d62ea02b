"""What a program of Heartwood is told: by its environment, or by the Heartwood that runs on a directory."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.smtp import SmtpServer
from scripts.outside import MAIL_FROM, SENDER, public_url, smtp_server, trusted_proxies


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the environment says."""

    data: Path
    database: str
    url: str
    demo: bool
    stripe_url: str | None  # of the local Stripe; None is the real one
    stripe_key: str
    stripe_webhook_secret: str
    staff: tuple[str, ...] = ()  # addresses of those who work in support
    smtp: SmtpServer | None = None  # None is a folder
    mail_from: str = SENDER
    trusted_proxies: int = 0  # that stand before us


STAFF_OF_DEMO = "sam@example.com"


class NotReady(Exception):
    """There is nothing to work on; the message says what to do."""


def settings(environ: Mapping[str, str]) -> Settings:
    demo = environ.get("HEARTWOOD_DEMO") == "1"
    return Settings(
        data=Path(environ["HEARTWOOD_DATA"]),
        database=environ["HEARTWOOD_DATABASE"],
        url=public_url(environ) or environ["HEARTWOOD_URL"],
        demo=demo,
        stripe_url=environ.get("HEARTWOOD_STRIPE_URL") or None,
        stripe_key=environ["STRIPE_SECRET_KEY"],
        stripe_webhook_secret=environ["STRIPE_WEBHOOK_SECRET"],
        staff=_addresses(environ.get("HEARTWOOD_STAFF", STAFF_OF_DEMO if demo else "")),
        smtp=smtp_server(environ),
        mail_from=environ.get(MAIL_FROM) or SENDER,
        trusted_proxies=trusted_proxies(environ),
    )


def stripe_access(environ: Mapping[str, str]) -> tuple[str, str | None]:
    """The key of an account, and where its Stripe is; None is the real one. No Heartwood need run."""
    key = environ.get("STRIPE_SECRET_KEY")
    if not key:
        raise NotReady("Set STRIPE_SECRET_KEY to the secret key of the Stripe account, then run this again.")
    return key, environ.get("HEARTWOOD_STRIPE_URL") or None


def _addresses(listed: str) -> tuple[str, ...]:
    return tuple(address.strip().casefold() for address in listed.split(",") if address.strip())


def settings_of_data(data: Path) -> Settings:
    ready = data / "ready.json"
    try:
        facts = json.loads(ready.read_text())
    except (FileNotFoundError, NotADirectoryError):
        raise NotReady(
            f"Heartwood does not run on {data}. Start it first: scripts/run --data {data}"
        ) from None
    except PermissionError:
        raise NotReady(f"You may not read {ready}; use the account that started Heartwood.") from None
    return Settings(
        data=data.absolute(),
        database=facts["database"],
        url=facts["url"],
        demo=False,
        stripe_url=facts["stripe_url"],
        stripe_key=os.environ.get("STRIPE_SECRET_KEY", "sk_test_local"),
        stripe_webhook_secret=os.environ.get("STRIPE_WEBHOOK_SECRET", "whsec_none"),
    )
