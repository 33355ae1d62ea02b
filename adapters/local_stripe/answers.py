"""How the local Stripe says no: in Stripe's own shape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Refusal(Exception):
    """An error of the API, with the status and the fields that Stripe would send."""

    happened = False  # whether what led to it stays as it is

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error: dict[str, Any] = {"type": kind, "message": message}
        if code is not None:
            self.error["code"] = code
            self.error["doc_url"] = f"https://docs.stripe.com/error-codes/{code.replace('_', '-')}"
        if param is not None:
            self.error["param"] = param


def missing_object(kind: str, object_id: str, param: str | None = None) -> Refusal:
    """404 where the path names it, 400 where a parameter does."""
    noun = kind.rpartition(".")[2].replace("_", " ")
    return Refusal(
        f"No such {noun}: '{object_id}'",
        status=404 if param is None else 400,
        code="resource_missing",
        param=param or "id",
    )


def unsupported(param: str) -> Refusal:
    """Stripe takes this parameter, and the stand-in would have to lie about it."""
    return Refusal(f"The local Stripe does not act on {param}", code="local_unsupported", param=param)


def must_act_on(params: Iterable[str], known: Iterable[str], within: str = "") -> None:
    """Refuse the first parameter that is none of those."""
    for name in sorted({*params} - {*known} - {"expand"}):
        raise unsupported(f"{within}[{name}]" if within else name)


class Declined(Refusal):
    """The customer's bank said no. That it was asked has happened all the same."""

    happened = True

    def __init__(self, *, charge: str | None = None) -> None:
        super().__init__("Your card was declined.", status=402, code="card_declined", kind="card_error")
        self.error["decline_code"] = "generic_decline"
        if charge is not None:
            self.error["charge"] = charge
