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


# Plain data: what a route asks for, and which routes do.
ASKED: tuple[tuple[Door | Asks, str], ...] = (
    (Door.OPEN, "static reference.docs reference.openapi health.healthz pages.talk_to_us pages.erased"),
    (Door.OPEN, "pages.sign_in pages.send_sign_in_link pages.sign_up pages.send_sign_up_link pages.sign_out"),
    (Door.LINK, "pages.link pages.use_link pages.ask_again pages.invitation pages.accept_invitation"),
    (Door.OPEN, "pages.returned_from_provider"),
    (Door.DEMO, "pages.dev_mail"),
    (Door.SIGNED_IN, "pages.home pages.checkout_returned pages.end_look"),
    (Door.SIGNED_IN, "pages.account pages.end_session pages.end_other_sessions"),
    (Door.SIGNED_IN, "pages.kept_about_me pages.erase_me pages.do_erase_me"),
    (Door.SIGNED_IN, "pages.keep_view pages.rename_view pages.remove_view"),
    (Door.STAFF, "pages.support pages.begin_look pages.projections pages.rebuild"),
    (Door.TRACK, "api.track api.track_batch"),
    (Door.READ, "api.workspace api.agency api.tree api.usage api.tree_usage api.as_of api.compare_moments"),
    (Door.STRIPE, "webhooks.stripe"),
    (
        Asks(Permission.SEE_WORKSPACE),
        "pages.overview pages.usage pages.settings pages.roles pages.agency_seen",
    ),
    (Asks(Permission.SEE_MEMBERS), "pages.members"),
    (Asks(Permission.SEE_TIMELINE), "pages.timeline_of_workspace pages.why_here"),
    (Asks(Permission.SEE_TIMELINE), "pages.fact_of_workspace pages.timeline_of_person"),
    (Asks(Permission.SEE_TIMELINE), "pages.compare_moments"),
    (Asks(Permission.SEE_EVENTS), "pages.tracked_event"),
    (Asks(Permission.SEE_KEYS), "pages.keys"),
    (Asks(Permission.SEE_TREE, Where.TREE), "pages.timeline_of_tree pages.fact_of_tree pages.why"),
    (Asks(Permission.SEE_TREE, Where.TREE), "pages.downgrade pages.downgrade_file"),
    (Asks(Permission.SEE_TREE, Where.LEAD), "pages.workspaces pages.pool_usage pages.what_if_page"),
    (Asks(Permission.SEE_BILLING, Where.LEAD), "pages.billing pages.next_invoice_page"),
    (Asks(Permission.SEE_LOOKS, Where.LEAD), "pages.support_access"),
    (Asks(Permission.EXPORT_HISTORY, Where.LEAD), "pages.exports pages.ask_for_export pages.fetch_export"),
    (Asks(Permission.SEE_INVOICES, Where.OWN), "pages.invoices pages.invoices_csv pages.invoice"),
    (Asks(Permission.SEE_INVOICES, Where.OWN), "pages.invoice_csv pages.invoice_usage"),
    (Asks(Permission.OPEN_INVOICE, Where.OWN), "pages.invoice_page pages.invoice_pdf"),
    (Asks(Permission.LEAVE, Where.OWN), "pages.leave"),
    (Asks(Permission.RENAME), "pages.rename"),
    (Asks(Permission.SET_HOURLY_RATE), "pages.set_hourly_rate pages.default_hourly_rate"),
    (Asks(Permission.INVITE_CLIENT), "pages.invite pages.resend_invitation pages.revoke_invitation"),
    (Asks(Permission.GIVE_OWNERSHIP), "pages.transfer_ownership"),
    (Asks(Permission.REMOVE_MEMBER), "pages.change_role pages.remove_member"),
    (Asks(Permission.HANDLE_KEYS), "pages.issue_key pages.replace_key pages.revoke_key"),
    (Asks(Permission.VOID_EVENTS), "pages.void_event"),
    (Asks(Permission.DELETE_CHILD), "pages.delete_child"),
    (Asks(Permission.CLOSE_WORKSPACE, Where.LEAD), "pages.close_workspace"),
    (Asks(Permission.SET_VISIBILITY), "pages.set_visibility"),
    (Asks(Permission.SET_VISIBILITY, Where.LEAD), "pages.set_visibility_of_several"),
    (Asks(Permission.SET_VISIBILITY, Where.LEAD), "pages.set_visibility_defaults"),
    (Asks(Permission.SET_SINGLE_SIGN_ON, Where.LEAD), "pages.single_sign_on pages.set_single_sign_on"),
    (Asks(Permission.SET_SINGLE_SIGN_ON, Where.LEAD), "pages.remove_single_sign_on"),
    (Asks(Permission.CREATE_CHILD, Where.LEAD), "pages.create_child pages.adopt"),
    (Asks(Permission.HANDLE_BILLING, Where.LEAD), "pages.choose_plan pages.confirm_plan pages.change_plan"),
    (Asks(Permission.HANDLE_BILLING, Where.LEAD), "pages.confirm_cancellation pages.cancel"),
    (Asks(Permission.HANDLE_BILLING, Where.LEAD), "pages.cancel_at_once pages.reactivate"),
    (Asks(Permission.HANDLE_BILLING, Where.LEAD), "pages.portal pages.refresh"),
)
ROUTES = {endpoint: asked for asked, endpoints in ASKED for endpoint in endpoints.split()}


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
