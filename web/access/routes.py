"""Routes: which permission does each address ask for, and where?

Every route has its row, and the gate asks for it before the view runs; what has no row is nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flask import abort, request

from domain.permissions import Permission, may
from web.access.gate import anchor_or_404, place_or_404
from web.access.who import is_staff, person


class Door(StrEnum):
    """Who is let in where an address names no workspace."""

    OPEN = "anybody"
    LINK = "whoever has the link, which is the proof"
    DEMO = "anybody, in the demo only"
    SIGNED_IN = "whoever is signed in, to what is their own"
    STAFF = "whoever works in support"
    TRACK = "an API key with the scope `track`"
    READ = "an API key with the scope `read`"
    STRIPE = "Stripe, by its signature"


class Where(StrEnum):
    """What somebody has to be something to."""

    HERE = "the workspace"
    OWN = "the workspace, by a role in itself"
    LEAD = "the workspace, which is nobody’s child"
    TREE = "the anchor of the tree"


@dataclass(frozen=True)
class Asks:
    permission: Permission
    where: Where = Where.HERE


def _here(permission: Permission, *names: str) -> dict[str, Door | Asks]:
    return {f"pages.{name}": Asks(permission) for name in names}


def _lead(permission: Permission, *names: str) -> dict[str, Door | Asks]:
    return {f"pages.{name}": Asks(permission, Where.LEAD) for name in names}


def _own(permission: Permission, *names: str) -> dict[str, Door | Asks]:
    return {f"pages.{name}": Asks(permission, Where.OWN) for name in names}


def _tree(permission: Permission, *names: str) -> dict[str, Door | Asks]:
    return {f"pages.{name}": Asks(permission, Where.TREE) for name in names}


def _door(door: Door, *endpoints: str) -> dict[str, Door | Asks]:
    return dict.fromkeys(endpoints, door)


ROUTES: dict[str, Door | Asks] = {
    **_door(Door.OPEN, "static", "reference.docs", "reference.openapi", "health.healthz"),
    **_door(Door.OPEN, "pages.sign_in", "pages.send_sign_in_link", "pages.sign_out", "pages.talk_to_us"),
    **_door(Door.OPEN, "pages.sign_up", "pages.send_sign_up_link"),
    **_door(Door.LINK, "pages.link", "pages.use_link", "pages.ask_again"),
    **_door(Door.LINK, "pages.invitation", "pages.accept_invitation"),
    **_door(Door.OPEN, "pages.erased"),
    **_door(Door.DEMO, "pages.dev_mail"),
    **_door(Door.SIGNED_IN, "pages.home", "pages.checkout_returned"),
    **_door(Door.SIGNED_IN, "pages.account", "pages.end_session", "pages.end_other_sessions"),
    **_door(Door.SIGNED_IN, "pages.kept_about_me", "pages.erase_me", "pages.do_erase_me"),
    **_door(Door.SIGNED_IN, "pages.end_look"),
    **_door(Door.STAFF, "pages.support", "pages.begin_look"),
    **_door(Door.TRACK, "api.track", "api.track_batch"),
    **_door(Door.READ, "api.workspace", "api.tree", "api.usage", "api.tree_usage"),
    **_door(Door.STRIPE, "webhooks.stripe"),
    **_here(Permission.SEE_WORKSPACE, "overview", "usage", "settings"),
    **_here(Permission.SEE_MEMBERS, "members"),
    **_here(Permission.SEE_TIMELINE, "timeline_of_workspace"),
    **_here(Permission.SEE_EVENTS, "tracked_event"),
    **_here(Permission.SEE_KEYS, "keys"),
    **_tree(Permission.SEE_TREE, "timeline_of_tree", "downgrade"),
    **_lead(Permission.SEE_TREE, "workspaces", "pool_usage"),
    **_lead(Permission.SEE_BILLING, "billing", "next_invoice_page"),
    **_lead(Permission.SEE_LOOKS, "support_access"),
    **_own(Permission.SEE_INVOICES, "invoices", "invoices_csv", "invoice", "invoice_csv", "invoice_usage"),
    **_own(Permission.OPEN_INVOICE, "invoice_page", "invoice_pdf"),
    **_own(Permission.LEAVE, "leave"),
    **_here(Permission.RENAME, "rename"),
    **_here(Permission.SET_HOURLY_RATE, "set_hourly_rate", "default_hourly_rate"),
    **_here(Permission.INVITE_CLIENT, "invite", "revoke_invitation", "resend_invitation"),
    **_here(Permission.GIVE_OWNERSHIP, "transfer_ownership"),
    **_here(Permission.REMOVE_MEMBER, "change_role", "remove_member"),
    **_here(Permission.HANDLE_KEYS, "issue_key", "replace_key", "revoke_key"),
    **_here(Permission.VOID_EVENTS, "void_event"),
    **_here(Permission.SET_VISIBILITY, "set_visibility"),
    **_lead(Permission.SET_VISIBILITY, "set_visibility_of_several", "set_visibility_defaults"),
    **_here(Permission.DELETE_CHILD, "delete_child"),
    **_lead(Permission.CREATE_CHILD, "create_child", "adopt"),
    **_lead(Permission.HANDLE_BILLING, "choose_plan", "confirm_plan", "change_plan", "portal", "refresh"),
    **_lead(Permission.HANDLE_BILLING, "confirm_cancellation", "cancel", "cancel_at_once", "reactivate"),
}


def let_in() -> None:
    """Ask what the row of this address asks for; who may not is told what a true miss is told."""
    if request.endpoint is None:  # there is no such address, or not with this method
        return
    asked = ROUTES.get(request.endpoint) or abort(404)
    if isinstance(asked, Asks):
        _ask(asked, request.view_args or {})
    elif asked in (Door.SIGNED_IN, Door.STAFF):
        person()
        if asked is Door.STAFF and not is_staff():
            abort(404)


def _ask(asked: Asks, ids: dict[str, object]) -> None:
    if asked.where is Where.TREE:
        anchor_or_404(ids["tree_id"], asked.permission)  # type: ignore[arg-type]
        return
    place = place_or_404(ids["workspace_id"], asked.permission)  # type: ignore[arg-type]
    if asked.where is Where.OWN and not may(place.own_standings, asked.permission):
        abort(404)
    if asked.where is Where.LEAD and place.parent_id is not None:
        abort(404)
