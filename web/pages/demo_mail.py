"""The mail that the demo would have sent, so that one can click the links in it."""

from __future__ import annotations

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from web.pages.blueprint import pages
from web.services import services


@pages.get("/dev/mail")
def dev_mail() -> ResponseReturnValue:
    if not services().demo:
        abort(404)
    return render_template("dev_mail.html", mails=services().mail.read())
