"""Each row of the table of routes once more, by hand: whom it lets in, whatever its permission is called."""

from __future__ import annotations

from domain.permissions import TABLE, Permission, Standing
from web.access.routes import ROUTES, Asks
from web.pages.roles import ALONE, OF_AGENCY, OF_CLIENT, WORDS

# anchor: owner, admin; child: owner, admin; member, viewer, auditor, child auditor, support
BY_STANDING = """
here x x x x x x x x x  overview usage settings roles agency_seen agents agent prompts
here x x x x x . . . .  make_agent rename_agent configure_agent activate_agent pause_agent delete_agent
here x x x x x . . . .  attach_to_agent detach_from_agent write_prompt restore_prompt
here x x x x x x x x x  overview usage settings roles agency_seen
here x x x x x x x x x  calls calls_csv call
here x x x x x x x x x  credits_used
here x x x x x . x x x  members
here x x x x . . x x x  timeline_of_workspace tracked_event keys why_here
here x x x x . . x x x  fact_of_workspace timeline_of_person compare_moments
here x x x x x x x x x  knowledge knowledge_base document numbers
here x x x x x . . . .  create_knowledge_base rename_knowledge_base delete_knowledge_base
here x x x x x . . . .  add_document remove_document
here x x x x . . . . .  buy_number assign_number unassign_number release_number
here x x x x x x x x x  widgets actions
here x x x x . . . . .  create_widget change_widget switch_widget remove_widget
here x x x x . . . . .  create_action change_action move_action switch_action delete_action
lead x x . . . . . . .  templates template save_template delete_template start_template
here x x x x . . . . .  rename set_hourly_rate default_hourly_rate
here x x x x . . . . .  set_retention
here x x x x . . . . .  invite resend_invitation revoke_invitation change_role remove_member
here x x x x . . . . .  issue_key replace_key revoke_key void_event
here x . x . . . . . .  transfer_ownership
here . . x . . . . . .  delete_child
here x x . . . . . . .  set_visibility
own  x x x x . . x x x  invoices invoices_csv invoice invoice_csv invoice_usage
own  x x x x . . x x .  invoice_page invoice_pdf
own  x x x x x x x x .  leave
lead x x . . . . x . x  workspaces pool_usage billing next_invoice_page what_if_page
lead x x . . . . x . x  credits credit_history credit_history_csv credit_line
lead x x . . . . . . .  top_up correct_credits refund_credits
lead x . . . . . . . .  set_automatic_top_up end_automatic_top_up transfer_credits
lead x x . . . . x . x  budgets calls_overview invoicing invoicing_csv
lead x x . . . . . . .  set_budget raise_budget remove_budget set_markup
lead x x . . . . x . .  support_access exports ask_for_export fetch_export
lead x x . . . . . . .  create_child adopt set_visibility_of_several set_visibility_defaults
lead x x . . . . x . x  customers customer not_appearing
lead x x . . . . . . .  new_customer add_customer change_customer erase_contact
lead x x . . . . . . .  suspend_customer resume_customer close_customer
lead x x . . . . . . .  choose_plan confirm_plan change_plan confirm_cancellation cancel cancel_at_once
lead x x . . . . . . .  reactivate portal refresh
lead x . . . . . . . .  single_sign_on set_single_sign_on remove_single_sign_on
lead x . . . . . . . .  close_workspace
tree x x . . . . x . x  timeline_of_tree fact_of_tree downgrade downgrade_file why
"""
BY_DOOR = """
open      static reference.docs reference.openapi health.healthz pages.talk_to_us pages.erased
open      pages.sign_in pages.send_sign_in_link pages.sign_up pages.send_sign_up_link pages.sign_out
open      pages.returned_from_provider widget.config widget.script
link      pages.link pages.use_link pages.ask_again pages.invitation pages.accept_invitation
demo      pages.dev_mail
signed_in pages.home pages.checkout_returned pages.end_look pages.account pages.end_session
signed_in pages.end_other_sessions pages.kept_about_me pages.erase_me pages.do_erase_me
signed_in pages.keep_view pages.rename_view pages.remove_view
staff     pages.support pages.begin_look pages.projections pages.rebuild
track     api.track api.track_batch
read      api.credits api.credit_lines
read      api.workspace api.agency api.tree api.usage api.tree_usage api.as_of api.compare_moments
read      api.customers
manage    api.add_customer
read      api.knowledge_bases api.knowledge_base api.documents api.document
read      api.phone_numbers api.available_phone_numbers
manage    api.create_knowledge_base api.rename_knowledge_base api.delete_knowledge_base
manage    api.add_document api.remove_document
manage    api.buy_phone_number api.assign_phone_number api.unassign_phone_number
manage    api.release_phone_number
read      api.agents api.agent api.prompts
read      api.widgets api.widget api.actions api.action
manage    api.create_widget api.change_widget api.remove_widget
manage    api.create_action api.change_action api.delete_action
manage    api.make_agent api.change_agent api.delete_agent api.write_prompt api.restore_prompt
track     api.tell_call api.end_call api.tell_calls api.tell_messages
read      api.workspace api.agency api.tree api.usage api.tree_usage api.as_of api.compare_moments
read      api.list_calls api.read_call
stripe    webhooks.stripe
"""


def meant() -> dict[str, object]:
    found: dict[str, object] = {}
    for line in BY_STANDING.split("\n")[1:-1]:
        where, *words = line.split()
        marks, names = words[: len(Standing)], words[len(Standing) :]
        who = {one for one, mark in zip(Standing, marks, strict=True) if mark == "x"}
        found |= {f"pages.{name}": (where, who) for name in names}
    for line in BY_DOOR.split("\n")[1:-1]:
        door, *names = line.split()
        found |= dict.fromkeys(names, door)
    return found


def test_every_row_is_the_one_meant() -> None:
    said = {
        endpoint: (asked.where.name.lower(), TABLE[asked.permission])
        if isinstance(asked, Asks)
        else asked.name.lower()
        for endpoint, asked in ROUTES.items()
    }

    wanted = meant()
    # Only what differs: pytest would compare the two tables by their letters, for minutes.
    assert {one for one in {*said, *wanted} if said.get(one) != wanted.get(one)} == set()


def test_every_permission_has_words_for_people() -> None:
    assert set(WORDS) == set(Permission)
    assert set(OF_AGENCY) == set(Standing)
    assert set(ALONE) | set(OF_CLIENT) == set(Standing)
