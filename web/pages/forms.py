"""What people type into forms: read, checked, and shown again with the reason when the answer is no."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response

from domain.plans import MICROS_PER_CENT
from domain.refusals import Refused
from web.errors import STATUS
from web.pages.here import look_again
from web.texts import is_one_line, is_plain, number_in, on_one_line, with_plain_breaks

NAME_MAX = 120  # characters, of a person or a workspace
EMAIL_MAX = 254
ADDRESS = re.compile(
    r"(?!.*=\?)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+"
)
AMOUNT = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,2}))?")

View = Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class No:
    """Why a form was not accepted, what to do, and which form and field it is about."""

    endpoint: str
    code: str
    message: str
    hint: str = ""
    field: str | None = None


class Invalid(Exception):
    """A field cannot be what was meant; nothing was changed."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


def shows_again(page: View) -> Callable[[View], View]:
    """Answer what a form's view refuses with the page that the form is on."""

    def wrap(view: View) -> View:
        @wraps(view)
        def submit(**ids: Any) -> Any:
            endpoint = request.endpoint or ""
            try:
                return view(**ids)
            except Invalid as invalid:
                status = HTTPStatus.UNPROCESSABLE_ENTITY
                no = No(
                    endpoint=endpoint, code="validation_error", message=invalid.message, field=invalid.field
                )
            except Refused as refused:
                status = STATUS.get(refused.refusal, HTTPStatus.CONFLICT)
                no = No(
                    endpoint=endpoint, code=refused.refusal.value, message=refused.message, hint=refused.hint
                )
            look_again()
            response = make_response(page(**ids, no=no))
            if response.status_code == HTTPStatus.OK:
                response.status_code = status
            return response

        return submit

    return wrap


def done(text: str, endpoint: str, **ids: Any) -> Response:
    """What was done, said on the page that comes next."""
    flash(text)
    return redirect(url_for(endpoint, **ids), code=HTTPStatus.SEE_OTHER)


# Fields.


def name_of(field: str, what: str, *, required: bool = True, longest: int = NAME_MAX) -> str:
    """A name, or some other text on one line."""
    text = on_one_line(request.form.get(field, ""))
    if required and not text:
        raise Invalid(field, f"Please enter {what}.")
    if len(text) > longest:
        raise Invalid(field, f"Please shorten {what} to at most {longest} characters.")
    if not is_one_line(text):
        raise Invalid(field, f"Please write {what} without control characters or line breaks.")
    return text


def text_of(field: str, what: str, *, required: bool = True, longest: int) -> str:
    """A text on as many lines as it has."""
    text = with_plain_breaks(request.form.get(field, ""))
    if required and not text.strip():
        raise Invalid(field, f"Please write {what}.")
    if len(text) > longest:
        raise Invalid(
            field, f"Please shorten {what} to at most {longest:,} characters; it has {len(text):,}."
        )
    if not is_plain(text):
        raise Invalid(field, f"Please write {what} without control characters.")
    return text


def number_of(field: str, what: str, *, least: int, most: int) -> int:
    """A whole number in digits."""
    number = number_in(request.form.get(field, "").strip())
    if number is None or not least <= number <= most:
        raise Invalid(field, f"Please enter {what} as a whole number from {least:,} to {most:,}.")
    return number


def email_of(field: str) -> str:
    text = request.form.get(field, "").strip()
    if len(text) > EMAIL_MAX or not ADDRESS.fullmatch(text):
        raise Invalid(field, "Please enter an e-mail address such as ana@example.com.")
    return text


def cents_of(field: str, what: str, *, most: int) -> int:
    """An amount in euros, as people write it."""
    found = AMOUNT.fullmatch(request.form.get(field, "").strip())
    cents = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if not 0 < cents <= most:
        limit = f"above 0 and at most {most // 100:,}"
        raise Invalid(field, f"Please enter {what} in euros, {limit}, such as 45 or 62.50.")
    return cents


def micros_of(field: str, what: str, *, most: int) -> int:
    """The same in micros; people write it to the cent."""
    return cents_of(field, what, most=most // MICROS_PER_CENT) * MICROS_PER_CENT


def choice_of(field: str, choices: Collection[str]) -> str:
    text = request.form.get(field, "")
    if text not in choices:
        raise Invalid(field, f"Please choose one of: {', '.join(choices)}.")
    return text


def id_of(field: str, otherwise: str) -> UUID:
    try:
        return UUID(request.form.get(field, ""))
    except ValueError:
        raise Invalid(field, otherwise) from None


def id_among(field: str, ids: Iterable[UUID], otherwise: str) -> UUID:
    """One of those that the page offers."""
    text = request.form.get(field, "")
    found = next((one for one in ids if str(one) == text), None)
    if found is None:
        raise Invalid(field, otherwise)
    return found


def path_of_ours(text: str) -> str:
    """A path on this site; anything that could lead elsewhere becomes the front page."""
    if not text.startswith("/") or text.startswith(("//", "/\\")) or not text.isprintable():
        return "/"
    return text
