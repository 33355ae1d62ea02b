"""What the probes must know of each route and parameter; whatever is missing here fails the build.

A new route needs a line in GATES and, if it is a form, one in FORMS; a new name in an address needs one in
ARGUMENTS, or in QUERY of `sent`. A route that cannot be probed is in EXEMPT, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.permissions import Permission, may
from tests.proofs.isolation.ground import PARENTS, STAFF, first_of, is_allowed, own_standings_of

Admits = Callable[[str, str], bool]  # somebody, and the workspace that is named


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Who is let in where; `public` is there for whoever comes, also without a session."""

    admits: Admits
    public: bool = False


def at(permission: Permission) -> Gate:
    """At a workspace."""
    return Gate(admits=lambda who, place: is_allowed(who, permission, place))


def leading(permission: Permission) -> Gate:
    """At an anchor or a workspace that stands alone."""
    return Gate(
        admits=lambda who, place: (
            place not in PARENTS
            and is_allowed(who, Permission.SEE_TREE, place)
            and is_allowed(who, permission, place)
        )
    )


def own(permission: Permission, *, billed: bool = True) -> Gate:
    """By what one is in this very workspace; no child here was ever billed on its own."""
    return Gate(
        admits=lambda who, place: (
            not (billed and place in PARENTS) and may(own_standings_of(who, place), permission)
        )
    )


def at_child(permission: Permission) -> Gate:
    return Gate(admits=lambda who, place: place in PARENTS and is_allowed(who, permission, place))


def of_tree(permission: Permission) -> Gate:
    """At the tree of an anchor, also at one that has ended."""
    return Gate(admits=lambda who, place: is_allowed(who, permission, place))


ANYBODY = Gate(admits=lambda who, place: True, public=True)
SIGNED_IN = Gate(admits=lambda who, place: True)
THEIR_OWN = Gate(admits=lambda who, place: first_of(place) == who)  # what is theirs and nobody's else
NOT_STAFF = Gate(admits=lambda who, place: who not in STAFF)
WORKS_HERE = Gate(admits=lambda who, place: who in STAFF)
# The link is the proof: whoever holds it has got the mail. Only such that are false are probed.
BY_LINK = Gate(admits=lambda who, place: False, public=True)

GATES: dict[str, Gate] = {
    "pages.home": SIGNED_IN,
    "pages.talk_to_us": ANYBODY,
    "pages.sign_in": ANYBODY,
    "pages.send_sign_in_link": ANYBODY,
    "pages.sign_up": ANYBODY,
    "pages.send_sign_up_link": ANYBODY,
    "pages.link": BY_LINK,
    "pages.use_link": BY_LINK,
    "pages.invitation": BY_LINK,
    "pages.accept_invitation": BY_LINK,
    "pages.checkout_returned": SIGNED_IN,
    "pages.support": WORKS_HERE,
    "pages.projections": WORKS_HERE,
    "pages.rebuild": WORKS_HERE,
    "pages.downgrade": of_tree(Permission.SEE_TREE),
    "pages.downgrade_file": of_tree(Permission.SEE_TREE),
    "pages.timeline_of_tree": of_tree(Permission.SEE_TREE),
    "pages.why": of_tree(Permission.SEE_TREE),
    "pages.overview": at(Permission.SEE_WORKSPACE),
    "pages.usage": at(Permission.SEE_WORKSPACE),
    "pages.settings": at(Permission.SEE_WORKSPACE),
    "pages.roles": at(Permission.SEE_WORKSPACE),
    "pages.agency_seen": at(Permission.SEE_WORKSPACE),
    "pages.members": at(Permission.SEE_MEMBERS),
    "pages.keys": at(Permission.SEE_KEYS),
    "pages.timeline_of_workspace": at(Permission.SEE_TIMELINE),
    "pages.why_here": at(Permission.SEE_TIMELINE),
    "pages.fact_of_tree": of_tree(Permission.SEE_TREE),
    "pages.fact_of_workspace": at(Permission.SEE_TIMELINE),
    "pages.timeline_of_person": at(Permission.SEE_TIMELINE),
    "pages.keep_view": SIGNED_IN,
    "pages.rename_view": THEIR_OWN,
    "pages.remove_view": THEIR_OWN,
    "pages.compare_moments": at(Permission.SEE_TIMELINE),
    "pages.what_if_page": leading(Permission.SEE_TREE),
    "pages.tracked_event": at(Permission.SEE_EVENTS),
    "pages.workspaces": leading(Permission.SEE_TREE),
    "pages.pool_usage": leading(Permission.SEE_TREE),
    "pages.billing": leading(Permission.SEE_BILLING),
    "pages.next_invoice_page": leading(Permission.SEE_BILLING),
    "pages.confirm_cancellation": leading(Permission.HANDLE_BILLING),
    "pages.confirm_plan": leading(Permission.HANDLE_BILLING),
    "pages.invoices": own(Permission.SEE_INVOICES),
    "pages.invoices_csv": own(Permission.SEE_INVOICES),
    "pages.invoice": own(Permission.SEE_INVOICES),
    "pages.invoice_csv": own(Permission.SEE_INVOICES),
    "pages.invoice_page": own(Permission.OPEN_INVOICE),
    "pages.invoice_pdf": own(Permission.OPEN_INVOICE),
    "pages.invoice_usage": own(Permission.SEE_INVOICES),
    "pages.cancel": leading(Permission.HANDLE_BILLING),
    "pages.cancel_at_once": leading(Permission.HANDLE_BILLING),
    "pages.choose_plan": leading(Permission.HANDLE_BILLING),
    "pages.change_plan": leading(Permission.HANDLE_BILLING),
    "pages.portal": leading(Permission.HANDLE_BILLING),
    "pages.reactivate": leading(Permission.HANDLE_BILLING),
    "pages.refresh": leading(Permission.HANDLE_BILLING),
    "pages.void_event": at(Permission.VOID_EVENTS),
    "pages.issue_key": at(Permission.HANDLE_KEYS),
    "pages.replace_key": at(Permission.HANDLE_KEYS),
    "pages.revoke_key": at(Permission.HANDLE_KEYS),
    "pages.invite": at(Permission.INVITE_CLIENT),
    "pages.revoke_invitation": at(Permission.INVITE_CLIENT),
    "pages.change_role": at(Permission.REMOVE_MEMBER),
    "pages.remove_member": at(Permission.REMOVE_MEMBER),
    "pages.rename": at(Permission.RENAME),
    "pages.set_hourly_rate": at(Permission.SET_HOURLY_RATE),
    "pages.default_hourly_rate": at(Permission.SET_HOURLY_RATE),
    "pages.leave": own(Permission.LEAVE, billed=False),
    "pages.delete_child": at(Permission.DELETE_CHILD),
    "pages.close_workspace": leading(Permission.CLOSE_WORKSPACE),
    "pages.create_child": leading(Permission.CREATE_CHILD),
    "pages.adopt": leading(Permission.CREATE_CHILD),
    "pages.single_sign_on": leading(Permission.SET_SINGLE_SIGN_ON),
    "pages.set_single_sign_on": leading(Permission.SET_SINGLE_SIGN_ON),
    "pages.remove_single_sign_on": leading(Permission.SET_SINGLE_SIGN_ON),
    "pages.returned_from_provider": BY_LINK,
    "pages.begin_look": WORKS_HERE,
    "pages.end_look": WORKS_HERE,
    "pages.support_access": leading(Permission.SEE_LOOKS),
    "pages.exports": leading(Permission.EXPORT_HISTORY),
    "pages.ask_for_export": leading(Permission.EXPORT_HISTORY),
    "pages.fetch_export": leading(Permission.EXPORT_HISTORY),  # by who asked for it
    "pages.account": SIGNED_IN,
    "pages.kept_about_me": SIGNED_IN,
    "pages.end_session": THEIR_OWN,
    "pages.erase_me": NOT_STAFF,
    "pages.do_erase_me": NOT_STAFF,
    "pages.erased": ANYBODY,
    "pages.ask_again": BY_LINK,
    "pages.resend_invitation": at(Permission.INVITE_CLIENT),
    "pages.transfer_ownership": at(Permission.GIVE_OWNERSHIP),
    "pages.set_visibility": at_child(Permission.SET_VISIBILITY),
    "pages.set_visibility_of_several": leading(Permission.SET_VISIBILITY),
    "pages.set_visibility_defaults": leading(Permission.SET_VISIBILITY),
    "reference.docs": ANYBODY,
    "reference.openapi": ANYBODY,
    "health.healthz": ANYBODY,
    "webhooks.stripe": ANYBODY,
    "static": BY_LINK,
}

EXEMPT: dict[str, str] = {
    "pages.dev_mail": "is there in the demo only, to read the mail that nobody sends",
    "pages.sign_out": "ends the session that asks, which the other probes ask with; see test_at_once",
    "pages.end_other_sessions": "ends the sessions that the other probes ask with; see test_at_once",
}

# What each name in an address stands for.
ARGUMENTS = {
    "workspace_id": "workspace",
    "adopted_id": "workspace",
    "tree_id": "tree",
    "event_id": "event",
    "key_id": "key",
    "person_id": "person",
    "invoice_id": "invoice",
    "invitation_id": "invitation",
    "mac": "mac",
    "token": "link",
    "session_id": "session",
    "look_id": "look",
    "view_id": "view",
    "export_id": "export",
    "filename": "file",
    "place": "position",
}

SHOWN = dict.fromkeys(("dashboard", "prompts", "configuration", "deployment", "actions"), "edit")
# A form as it is filled in well.
FORMS: dict[str, dict[str, str]] = {
    "pages.send_sign_in_link": {"email": "nobody@example.com", "next": "/"},
    "pages.send_sign_up_link": {
        **{"email": "new@example.com", "name": "New", "workspace": "New", "plan": "free"}
    },
    "pages.use_link": {},
    "pages.accept_invitation": {},
    "pages.cancel": {},
    "pages.cancel_at_once": {"sure": "yes"},
    "pages.choose_plan": {"plan": "agency"},
    "pages.change_plan": {"plan": "pro"},
    "pages.portal": {},
    "pages.reactivate": {},
    "pages.refresh": {},
    "pages.void_event": {"reason": "twice"},
    "pages.issue_key": {"mode": "live", "scopes": "track"},
    "pages.replace_key": {"overlap": "1_hour"},
    "pages.revoke_key": {},
    "pages.invite": {"email": "new@example.com", "name": "New", "role": "viewer"},
    "pages.revoke_invitation": {},
    "pages.change_role": {"role": "viewer"},
    "pages.remove_member": {},
    "pages.rename": {"name": "Renamed"},
    "pages.set_hourly_rate": {"rate": "50"},
    "pages.default_hourly_rate": {},
    "pages.leave": {},
    "pages.delete_child": {"name": "Renamed"},
    "pages.close_workspace": {"name": "Renamed"},
    "pages.create_child": {"name": "One more"},
    "pages.adopt": {},
    "pages.end_session": {},
    "pages.keep_view": {"of": "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a00", "view": "Mine", "query": "text=late"},
    "pages.rename_view": {"view": "Renamed"},
    "pages.remove_view": {},
    "pages.do_erase_me": {"email": "nobody@example.com"},
    "pages.ask_again": {},
    "pages.resend_invitation": {},
    "pages.transfer_ownership": {"successor": "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a00", "role": "admin"},
    "pages.set_visibility": SHOWN,
    "pages.set_visibility_of_several": SHOWN | {"child": "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a00"},
    "pages.set_visibility_defaults": SHOWN,
    "pages.begin_look": {"place": "7d0a3c0e-2f5b-4b43-9d0c-5a3f4f6b0a00", "reason": "they asked for help"},
    "pages.end_look": {},
    "pages.rebuild": {"projection": "dashboard"},
    "pages.ask_for_export": {},
    "pages.set_single_sign_on": {
        **{"issuer": "https://id.example.com", "client_id": "us", "client_secret": "x"},
        **{"domains": "example.com", "required": "yes"},
    },
    "pages.remove_single_sign_on": {},
    "webhooks.stripe": {},
}
# What a field of a form stands for, where it is an id.
FIELDS = {"successor": "person", "child": "workspace", "of": "workspace"}
# All others hold words, and the place that support looks into, which may be any.
WORDS = {
    *("email", "name", "workspace", "plan", "next", "role", "sure", "reason", "rate", "mode", "scopes"),
    *("overlap", "place", "by", "issuer", "client_id", "client_secret", "domains", "required", *SHOWN),
    *("view", "query"),
    "projection",
    "then",
}
# A page that needs to be asked for something before it is there.
NEEDS = {"pages.confirm_plan": {"to": "pro"}, "pages.checkout_returned": {"checkout_id": "cs_test_none"}}
