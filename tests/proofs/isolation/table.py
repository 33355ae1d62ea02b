"""What the probes must know of each route and parameter; whatever is missing here fails the build.

A new route needs a line in GATES and, if it is a form, one in FORMS of `forms`; a new name in an address
needs one in ARGUMENTS, or in QUERY of `sent`. A route that cannot be probed is in EXEMPT, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.permissions import Permission, may
from tests.proofs.isolation.cast import PARENTS, STAFF, first_of, is_allowed, own_standings_of

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
    "pages.agents": at(Permission.SEE_CONFIGURATION),
    "pages.agent": at(Permission.SEE_CONFIGURATION),
    "pages.prompts": at(Permission.SEE_PROMPTS),
    "pages.make_agent": at(Permission.CONFIGURE),
    "pages.rename_agent": at(Permission.CONFIGURE),
    "pages.configure_agent": at(Permission.CONFIGURE),
    "pages.activate_agent": at(Permission.CONFIGURE),
    "pages.pause_agent": at(Permission.CONFIGURE),
    "pages.attach_to_agent": at(Permission.CONFIGURE),
    "pages.detach_from_agent": at(Permission.CONFIGURE),
    "pages.delete_agent": at(Permission.CONFIGURE),
    "pages.write_prompt": at(Permission.EDIT_PROMPTS),
    "pages.restore_prompt": at(Permission.EDIT_PROMPTS),
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
    "pages.knowledge": at(Permission.SEE_CONFIGURATION),
    "pages.knowledge_base": at(Permission.SEE_CONFIGURATION),
    "pages.document": at(Permission.SEE_CONFIGURATION),
    "pages.create_knowledge_base": at(Permission.CONFIGURE),
    "pages.rename_knowledge_base": at(Permission.CONFIGURE),
    "pages.delete_knowledge_base": at(Permission.CONFIGURE),
    "pages.add_document": at(Permission.CONFIGURE),
    "pages.remove_document": at(Permission.CONFIGURE),
    "pages.numbers": at(Permission.SEE_DEPLOYMENT),
    "pages.buy_number": at(Permission.DEPLOY),
    "pages.assign_number": at(Permission.DEPLOY),
    "pages.unassign_number": at(Permission.DEPLOY),
    "pages.release_number": at(Permission.DEPLOY),
    "pages.widgets": at(Permission.SEE_DEPLOYMENT),
    "pages.create_widget": at(Permission.DEPLOY),
    "pages.change_widget": at(Permission.DEPLOY),
    "pages.switch_widget": at(Permission.DEPLOY),
    "pages.remove_widget": at(Permission.DEPLOY),
    "pages.actions": at(Permission.SEE_ACTIONS),
    "pages.create_action": at(Permission.EDIT_ACTIONS),
    "pages.change_action": at(Permission.EDIT_ACTIONS),
    "pages.move_action": at(Permission.EDIT_ACTIONS),
    "pages.switch_action": at(Permission.EDIT_ACTIONS),
    "pages.delete_action": at(Permission.EDIT_ACTIONS),
    "pages.templates": leading(Permission.HANDLE_TEMPLATES),
    "pages.template": leading(Permission.HANDLE_TEMPLATES),
    "pages.save_template": leading(Permission.HANDLE_TEMPLATES),
    "pages.delete_template": leading(Permission.HANDLE_TEMPLATES),
    "pages.start_template": leading(Permission.HANDLE_TEMPLATES),
    "widget.config": BY_LINK,  # for pages of its origins only: tests/web/test_widget.py
    "widget.script": ANYBODY,
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
    "pages.calls": at(Permission.SEE_CALLS),
    "pages.calls_csv": at(Permission.SEE_CALLS),
    "pages.call": at(Permission.SEE_CALLS),
    "pages.set_retention": at(Permission.SET_RETENTION),
    "pages.set_hourly_rate": at(Permission.SET_HOURLY_RATE),
    "pages.default_hourly_rate": at(Permission.SET_HOURLY_RATE),
    "pages.leave": own(Permission.LEAVE, billed=False),
    "pages.delete_child": at(Permission.DELETE_CHILD),
    "pages.close_workspace": leading(Permission.CLOSE_WORKSPACE),
    "pages.create_child": leading(Permission.CREATE_CHILD),
    "pages.customers": leading(Permission.SEE_CUSTOMERS),
    "pages.new_customer": leading(Permission.HANDLE_CUSTOMERS),
    "pages.customer": leading(Permission.SEE_CUSTOMERS),
    "pages.not_appearing": leading(Permission.SEE_CUSTOMERS),
    "pages.add_customer": leading(Permission.HANDLE_CUSTOMERS),
    "pages.change_customer": leading(Permission.HANDLE_CUSTOMERS),
    "pages.suspend_customer": leading(Permission.HANDLE_CUSTOMERS),
    "pages.resume_customer": leading(Permission.HANDLE_CUSTOMERS),
    "pages.close_customer": leading(Permission.HANDLE_CUSTOMERS),
    "pages.erase_contact": leading(Permission.HANDLE_CUSTOMERS),
    "pages.adopt": leading(Permission.CREATE_CHILD),
    "pages.single_sign_on": leading(Permission.SET_SINGLE_SIGN_ON),
    "pages.set_single_sign_on": leading(Permission.SET_SINGLE_SIGN_ON),
    "pages.remove_single_sign_on": leading(Permission.SET_SINGLE_SIGN_ON),
    "pages.returned_from_provider": BY_LINK,
    "pages.begin_look": WORKS_HERE,
    "pages.end_look": WORKS_HERE,
    "pages.credits": leading(Permission.SEE_CREDITS),
    "pages.credit_history": leading(Permission.SEE_CREDITS),
    "pages.credit_history_csv": leading(Permission.SEE_CREDITS),
    "pages.credit_line": leading(Permission.SEE_CREDITS),
    "pages.top_up": leading(Permission.HANDLE_CREDITS),
    "pages.correct_credits": leading(Permission.HANDLE_CREDITS),
    "pages.refund_credits": leading(Permission.HANDLE_CREDITS),
    "pages.set_automatic_top_up": leading(Permission.SET_TOP_UP),
    "pages.end_automatic_top_up": leading(Permission.SET_TOP_UP),
    "pages.transfer_credits": leading(Permission.SET_TOP_UP),
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
    "pages.budgets": leading(Permission.SEE_CREDITS),
    "pages.calls_overview": leading(Permission.SEE_CREDITS),
    "pages.invoicing": leading(Permission.SEE_CREDITS),
    "pages.set_markup": leading(Permission.HANDLE_CUSTOMERS),
    "pages.invoicing_csv": leading(Permission.SEE_CREDITS),
    "pages.credits_used": at(Permission.SEE_CALLS),
    "pages.set_budget": leading(Permission.SET_BUDGETS),
    "pages.raise_budget": leading(Permission.SET_BUDGETS),
    "pages.remove_budget": leading(Permission.SET_BUDGETS),
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
    "child_id": "workspace",
    "tree_id": "tree",
    "event_id": "event",
    "call_id": "call",
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
    "customer_id": "customer",
    "base_id": "knowledge",
    "knowledge_base_id": "knowledge",
    "document_id": "document",
    "number_id": "number",
    "phone_number_id": "number",
    "agent_id": "agent",
    "deployment_id": "widget",
    "action_id": "action",
    "template_id": "template",
    "number": "version",
    "filename": "file",
    "place": "position",
    "line": "line",
}

# A page that needs to be asked for something before it is there.
NEEDS = {"pages.confirm_plan": {"to": "pro"}, "pages.checkout_returned": {"checkout_id": "cs_test_none"}}
