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
    MANAGE = "an API key with the scope `manage`"
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
    (Door.TRACK, "api.tell_call api.end_call api.tell_calls api.tell_messages"),
    (Door.READ, "api.workspace api.agency api.tree api.usage api.tree_usage api.as_of api.compare_moments"),
    (Door.READ, "api.knowledge_bases api.knowledge_base api.documents api.document"),
    (Door.READ, "api.phone_numbers api.available_phone_numbers"),
    (Door.MANAGE, "api.create_knowledge_base api.rename_knowledge_base api.delete_knowledge_base"),
    (Door.MANAGE, "api.add_document api.remove_document"),
    (Door.MANAGE, "api.buy_phone_number api.assign_phone_number api.unassign_phone_number"),
    (Door.MANAGE, "api.release_phone_number"),
    (Door.READ, "api.customers"),
    (Door.MANAGE, "api.add_customer"),
    (Door.READ, "api.credits api.credit_lines"),
    (Door.READ, "api.agents api.agent api.prompts"),
    (Door.READ, "api.widgets api.widget api.actions api.action"),
    (Door.MANAGE, "api.create_widget api.change_widget api.remove_widget"),
    (Door.MANAGE, "api.create_action api.change_action api.delete_action"),
    (Door.MANAGE, "api.make_agent api.change_agent api.delete_agent api.write_prompt api.restore_prompt"),
    (Door.READ, "api.list_calls api.read_call"),
    (Door.STRIPE, "webhooks.stripe"),
    (Door.OPEN, "widget.config widget.script"),
    (
        Asks(Permission.SEE_WORKSPACE),
        "pages.overview pages.usage pages.settings pages.roles pages.agency_seen",
    ),
    (Asks(Permission.SEE_WORKSPACE), "pages.agents pages.agent"),  # each part by its own permission
    (Asks(Permission.SEE_PROMPTS), "pages.prompts"),
    (Asks(Permission.EDIT_PROMPTS), "pages.write_prompt pages.restore_prompt"),
    (Asks(Permission.CONFIGURE), "pages.make_agent pages.rename_agent pages.configure_agent"),
    (Asks(Permission.CONFIGURE), "pages.activate_agent pages.pause_agent pages.delete_agent"),
    (Asks(Permission.CONFIGURE), "pages.attach_to_agent pages.detach_from_agent"),
    (Asks(Permission.SEE_MEMBERS), "pages.members"),
    (Asks(Permission.SEE_TIMELINE), "pages.timeline_of_workspace pages.why_here"),
    (Asks(Permission.SEE_TIMELINE), "pages.fact_of_workspace pages.timeline_of_person"),
    (Asks(Permission.SEE_TIMELINE), "pages.compare_moments"),
    (Asks(Permission.SEE_EVENTS), "pages.tracked_event"),
    (Asks(Permission.SEE_CONFIGURATION), "pages.knowledge pages.knowledge_base pages.document"),
    (Asks(Permission.CONFIGURE), "pages.create_knowledge_base pages.rename_knowledge_base"),
    (Asks(Permission.CONFIGURE), "pages.delete_knowledge_base pages.add_document pages.remove_document"),
    (Asks(Permission.SEE_DEPLOYMENT), "pages.numbers"),
    (Asks(Permission.DEPLOY), "pages.buy_number pages.assign_number pages.unassign_number"),
    (Asks(Permission.DEPLOY), "pages.release_number"),
    (Asks(Permission.SEE_KEYS), "pages.keys"),
    (Asks(Permission.SEE_CALLS), "pages.calls pages.calls_csv pages.call"),
    (Asks(Permission.SET_RETENTION), "pages.set_retention"),
    (Asks(Permission.SEE_CALLS), "pages.credits_used"),
    (Asks(Permission.SEE_TREE, Where.TREE), "pages.timeline_of_tree pages.fact_of_tree pages.why"),
    (Asks(Permission.SEE_TREE, Where.TREE), "pages.downgrade pages.downgrade_file"),
    (Asks(Permission.SEE_TREE, Where.LEAD), "pages.workspaces pages.pool_usage pages.what_if_page"),
    (Asks(Permission.SEE_BILLING, Where.LEAD), "pages.billing pages.next_invoice_page"),
    (Asks(Permission.SEE_CREDITS, Where.LEAD), "pages.credits pages.credit_history pages.credit_history_csv"),
    (Asks(Permission.SEE_CREDITS, Where.LEAD), "pages.credit_line"),
    (Asks(Permission.HANDLE_CREDITS, Where.LEAD), "pages.top_up pages.correct_credits pages.refund_credits"),
    (Asks(Permission.SET_TOP_UP, Where.LEAD), "pages.set_automatic_top_up pages.end_automatic_top_up"),
    (Asks(Permission.SET_TOP_UP, Where.LEAD), "pages.transfer_credits"),
    (Asks(Permission.SEE_CREDITS, Where.LEAD), "pages.budgets pages.calls_overview"),
    (Asks(Permission.SEE_CREDITS, Where.LEAD), "pages.invoicing pages.invoicing_csv"),
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
    (Asks(Permission.SEE_DEPLOYMENT), "pages.widgets"),
    (Asks(Permission.DEPLOY), "pages.create_widget pages.change_widget pages.switch_widget"),
    (Asks(Permission.DEPLOY), "pages.remove_widget"),
    (Asks(Permission.HANDLE_TEMPLATES, Where.LEAD), "pages.templates pages.template"),
    (Asks(Permission.HANDLE_TEMPLATES, Where.LEAD), "pages.save_template pages.delete_template"),
    (Asks(Permission.HANDLE_TEMPLATES, Where.LEAD), "pages.start_template"),
    (Asks(Permission.SEE_ACTIONS), "pages.actions"),
    (Asks(Permission.EDIT_ACTIONS), "pages.create_action pages.change_action pages.move_action"),
    (Asks(Permission.EDIT_ACTIONS), "pages.switch_action pages.delete_action"),
    (Asks(Permission.DELETE_CHILD), "pages.delete_child"),
    (Asks(Permission.CLOSE_WORKSPACE, Where.LEAD), "pages.close_workspace"),
    (Asks(Permission.SET_VISIBILITY), "pages.set_visibility"),
    (Asks(Permission.SET_VISIBILITY, Where.LEAD), "pages.set_visibility_of_several"),
    (Asks(Permission.SET_VISIBILITY, Where.LEAD), "pages.set_visibility_defaults"),
    (Asks(Permission.SET_SINGLE_SIGN_ON, Where.LEAD), "pages.single_sign_on pages.set_single_sign_on"),
    (Asks(Permission.SET_SINGLE_SIGN_ON, Where.LEAD), "pages.remove_single_sign_on"),
    (Asks(Permission.SEE_CUSTOMERS, Where.LEAD), "pages.customers pages.customer pages.not_appearing"),
    (Asks(Permission.HANDLE_CUSTOMERS, Where.LEAD), "pages.new_customer pages.add_customer"),
    (Asks(Permission.HANDLE_CUSTOMERS, Where.LEAD), "pages.change_customer pages.erase_contact"),
    (Asks(Permission.HANDLE_CUSTOMERS, Where.LEAD), "pages.suspend_customer pages.resume_customer"),
    (Asks(Permission.HANDLE_CUSTOMERS, Where.LEAD), "pages.close_customer"),
    (Asks(Permission.HANDLE_CUSTOMERS, Where.LEAD), "pages.set_markup"),
    (Asks(Permission.SET_BUDGETS, Where.LEAD), "pages.set_budget pages.raise_budget pages.remove_budget"),
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
