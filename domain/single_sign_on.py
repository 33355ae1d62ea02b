"""Single sign-on: an agency's own OpenID provider says who its people are.

Each command decides and records at most one fact.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.because import Because
from domain.permissions import Permission, Standing, may
from domain.plans import PLANS, SSO
from domain.refusals import Refusal, Refused
from domain.tree import Tree, TreeStatus

DOMAINS_MAX = 10  # of an agency
DOMAIN_MAX = 253  # characters
ISSUER_MAX = 255
CLIENT_ID_MAX = 255
CLIENT_SECRET_MAX = 512

# Where everybody may have an address: whoever claimed one of these would sign strangers in.
PUBLIC_DOMAINS = frozenset(
    {
        *("aol.com", "fastmail.com", "free.fr", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com"),
        *("gmx.de", "gmx.net", "googlemail.com", "hey.com", "hotmail.com", "hotmail.co.uk", "hotmail.de"),
        *("hotmail.fr", "icloud.com", "laposte.net", "libero.it", "live.com", "mac.com", "mail.com"),
        *("mail.ru", "mailbox.org", "me.com", "msn.com", "naver.com", "orange.fr", "outlook.com"),
        *("outlook.de", "pm.me", "posteo.de", "proton.me", "protonmail.com", "qq.com", "t-online.de"),
        *("tutanota.com", "web.de", "wp.pl", "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.de"),
        *("yahoo.fr", "yandex.com", "yandex.ru", "ymail.com", "zoho.com", "163.com", "126.com"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Provider:
    """An agency's OpenID provider, and what it is asked for."""

    issuer: str
    client_id: str
    client_secret_digest: str | None  # of what the vault keeps under the tree; a public client has none
    domains: tuple[str, ...]
    required: bool  # a link in a mail does not do for the people of these domains


class NotLetIn(StrEnum):
    """Why what a provider says of somebody is not enough; the first that applies is the answer."""

    NO_ADDRESS = "no_address"
    NOT_VERIFIED = "not_verified"
    OTHER_DOMAIN = "other_domain"


class Fault(StrEnum):
    """What can be wrong with a provider."""

    NOT_ALLOWED = "not_allowed"  # an address that we do not call
    AWAY = "away"
    UNSUITABLE = "unsuitable"  # it answers, and not as OpenID Connect asks
    REFUSED = "refused"  # it does not accept the code, or us
    UNTRUSTED = "untrusted"  # what it says of somebody does not prove what it should


class ProviderFault(Exception):
    """A provider could not be used; nothing that it says is repeated."""

    def __init__(self, fault: Fault, says: str = "") -> None:
        super().__init__(f"{fault.value}: {says}" if says else fault.value)
        self.fault = fault
        self.says = says  # in words of ours, for whoever sets it up


class AddressRefused(Exception):
    def __init__(self, why: NotLetIn) -> None:
        super().__init__(why.value)
        self.why = why


# Commands.


def set_up(
    tree: Tree,
    provider: Provider,
    *,
    who: frozenset[Standing],
    proven: Collection[str],
    taken: bool,
    because: Because,
) -> None:
    """`proven` are the mail domains of the anchor's owners; `taken` says that another agency has one."""
    if refusal := why_not_set_up(tree, provider.domains, who=who, proven=proven, taken=taken):
        raise Refused(refusal)
    if provider != provider_of(tree):
        tree.record(tree.SingleSignOnSet, because, **vars(provider))


def remove(tree: Tree, *, who: frozenset[Standing], because: Because) -> None:
    if not may(who, Permission.SET_SINGLE_SIGN_ON):
        raise Refused(Refusal.ROLE_TOO_LOW)
    if tree.single_sign_on is not None:
        tree.record(tree.SingleSignOnRemoved, because)


def end_with_plan(tree: Tree, *, because: Because) -> None:
    """Nothing is left of it where the plan has none, so that links in mails let everybody in again."""
    if tree.single_sign_on is not None and SSO not in PLANS[tree.plan].features:
        tree.record(tree.SingleSignOnRemoved, because)


# Rules. The first refusal that applies, in the order `Refusal` lists them.


def why_not_set_up(
    tree: Tree,
    domains: Collection[str],
    *,
    who: frozenset[Standing],
    proven: Collection[str],
    taken: bool,
) -> Refusal | None:
    if not may(who, Permission.SET_SINGLE_SIGN_ON):
        return Refusal.ROLE_TOO_LOW
    if tree.status is TreeStatus.ENDED:
        return Refusal.TREE_ENDED
    if tree.status is not TreeStatus.ACTIVE:
        return Refusal.NOT_SUBSCRIBED
    if SSO not in PLANS[tree.plan].features:
        return Refusal.NO_SINGLE_SIGN_ON
    if not 0 < len(domains) <= DOMAINS_MAX:
        return Refusal.DOMAINS_WRONG
    if not PUBLIC_DOMAINS.isdisjoint(domains):
        return Refusal.DOMAIN_IS_PUBLIC
    if not set(domains) <= set(proven):
        return Refusal.DOMAIN_NOT_YOURS
    return Refusal.DOMAIN_TAKEN if taken else None


def provider_of(tree: Tree) -> Provider | None:
    """The provider that signs the people of a tree in."""
    found = tree.single_sign_on
    if found is None:
        return None
    return Provider(**{name: getattr(found, name) for name in Provider.__dataclass_fields__})


def domain_of(email: str) -> str:
    """The mail domain of an address, as domains are compared."""
    return email.strip().rpartition("@")[2].casefold()


def address_in(claims: Mapping[str, Any], domains: Collection[str]) -> str:
    """The address that a provider vouches for; it speaks for the domains of its own agency only.

    Some providers write `email_verified` as the word "true"; to say nothing is not to vouch.
    """
    email = claims.get("email")
    if not isinstance(email, str) or email.count("@") != 1 or email != email.strip():
        raise AddressRefused(NotLetIn.NO_ADDRESS)
    verified = claims.get("email_verified")
    if verified is not True and verified != "true":
        raise AddressRefused(NotLetIn.NOT_VERIFIED)
    if domain_of(email) not in domains:
        raise AddressRefused(NotLetIn.OTHER_DOMAIN)
    return email
