"""Setting single sign-on up: which provider signs the people of an agency in, and for which mail domains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from domain.permissions import Permission, Role
from domain.plans import SSO
from domain.refusals import Refusal, Refused
from domain.single_sign_on import (
    CLIENT_ID_MAX,
    CLIENT_SECRET_MAX,
    DOMAIN_MAX,
    ISSUER_MAX,
    Fault,
    Provider,
    ProviderFault,
    domain_of,
)
from projections.catalogue import MEMBERS, SIGN_ON
from projections.single_sign_on import SignOnRow
from web.access import because, db, followed, person, read_again
from web.pages.blueprint import pages
from web.pages.forms import Invalid, No, done, name_of, shows_again
from web.pages.here import Here, lead_or_404
from web.pages.single_sign_on import RETURN_PATH
from web.services import services

DOMAINS_TYPED_MAX = 3_000  # characters
DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
WRONG = {
    Fault.NOT_ALLOWED: "We do not call the provider",
    Fault.AWAY: "The provider does not answer",
    Fault.UNSUITABLE: "The provider cannot be used",
}


@pages.get("/w/<uuid:workspace_id>/settings/single-sign-on")
def single_sign_on(workspace_id: UUID, no: No | None = None) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.SET_SINGLE_SIGN_ON)
    return render_template(
        "single_sign_on.html",
        here=here,
        offered=SSO in here.plan.features,
        provider=_row_of(here),
        proven=sorted(_proven(here)),
        returns_to=services().url + RETURN_PATH,
        no=no,
    )


@pages.post("/w/<uuid:workspace_id>/settings/single-sign-on")
@shows_again(single_sign_on)
def set_single_sign_on(workspace_id: UUID) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.SET_SINGLE_SIGN_ON)
    tree_id = here.row.tree_id
    if tree_id is None or SSO not in here.plan.features:
        raise Refused(Refusal.NO_SINGLE_SIGN_ON)
    proven, before = _proven(here), _row_of(here)
    client_id = name_of("client_id", "the client id", longest=CLIENT_ID_MAX)
    secret = name_of("client_secret", "the client secret", required=False, longest=CLIENT_SECRET_MAX)
    domains = _domains()
    issuer = _looked_at(name_of("issuer", "the provider's address", longest=ISSUER_MAX))
    provider = Provider(
        issuer=issuer,
        client_id=client_id,
        client_secret_digest=_digest(tree_id, secret, before, issuer, client_id),
        domains=domains,
        required=request.form.get("required") == "yes",
    )

    with _kept_if_taken(tree_id, provider.client_secret_digest, before):
        services().agency.set_single_sign_on(tree_id, person(), provider, proven=proven, because=because())

    followed()
    _forget_secret(before, kept=provider.client_secret_digest)
    text = f"People of {', '.join(domains)} sign in at {issuer} from now on."
    return done(text, "pages.single_sign_on", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/settings/single-sign-on/remove")
@shows_again(single_sign_on)
def remove_single_sign_on(workspace_id: UUID) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.SET_SINGLE_SIGN_ON)
    before = _row_of(here)
    if before is not None:
        services().agency.remove_single_sign_on(before.tree_id, person(), because=because())
        _forget_secret(before, kept=None)

    followed()
    text = "Single sign-on is ended. Links in mails sign everybody in."
    return done(text, "pages.single_sign_on", workspace_id=workspace_id)


def _row_of(here: Here) -> SignOnRow | None:
    return SIGN_ON.of_tree(db(), here.row.tree_id) if here.row.tree_id is not None else None


def _proven(here: Here) -> frozenset[str]:
    """The mail domains of the owners, who have shown that their addresses are theirs."""
    owners = [
        one.person_id for one in MEMBERS.in_workspace(db(), here.workspace_id) if one.role == Role.OWNER
    ]
    people = services().vault.people(owners).values()
    return frozenset(domain_of(one.email) for one in people if not one.erased)


def _domains() -> tuple[str, ...]:
    typed = request.form.get("domains", "")
    found = dict.fromkeys(one.casefold().removeprefix("@") for one in re.split(r"[\s,;]+", typed) if one)
    if len(typed) > DOMAINS_TYPED_MAX or not found or not all(DOMAIN.fullmatch(one) for one in found):
        raise Invalid(
            "domains", f"Please enter mail domains such as example.com, of at most {DOMAIN_MAX} letters."
        )
    return tuple(sorted(found))


def _looked_at(issuer: str) -> str:
    """The provider answered, and with all that we need; no snapshot is held while it is asked."""
    read_again()
    try:
        found: str = services().providers.look(issuer)
    except ProviderFault as fault:
        raise Invalid("issuer", f"{WRONG[fault.fault]}: {fault.says}. Nothing was changed.") from None
    return found


def _digest(tree_id: UUID, secret: str, before: SignOnRow | None, issuer: str, client_id: str) -> str | None:
    """An empty field keeps the secret of the same client; a public client has none."""
    if secret:
        digest: str = services().vault.keep_text(tree_id, secret)
        return digest
    if before is not None and (before.issuer, before.client_id) == (issuer, client_id):
        return before.client_secret_digest
    return None


@contextmanager
def _kept_if_taken(tree_id: UUID, digest: str | None, before: SignOnRow | None) -> Iterator[None]:
    """A secret that came with settings that are refused is not kept, unless it is in use already."""
    try:
        yield
    except Refused:
        if digest is not None and (before is None or digest != before.client_secret_digest):
            services().vault.forget_text(tree_id, digest)
        raise


def _forget_secret(before: SignOnRow | None, *, kept: str | None) -> None:
    if before is not None and before.client_secret_digest not in (None, kept):
        services().vault.forget_text(before.tree_id, before.client_secret_digest)
