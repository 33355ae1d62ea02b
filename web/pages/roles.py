"""Roles and permissions: the table that the gate reads, as far as it is about the reader's place."""

from __future__ import annotations

from uuid import UUID

from flask import render_template

from domain.permissions import TABLE, Permission, Standing
from web.pages.blueprint import pages
from web.pages.here import Here, here_or_404

# What each permission is called where people read it.
WORDS: dict[Permission, str] = {
    Permission.SEE_WORKSPACE: "See the workspace, its usage and its settings",
    Permission.SEE_MEMBERS: "See the members",
    Permission.SEE_TIMELINE: "Read the timeline",
    Permission.SEE_TREE: "See all workspaces of the agency, its pool and its history",
    Permission.SEE_BILLING: "See the billing",
    Permission.SEE_INVOICES: "Read what the workspace itself was invoiced",
    Permission.OPEN_INVOICE: "Open these invoices at Stripe",
    Permission.SEE_EVENTS: "See single events",
    Permission.SEE_KEYS: "See which API keys there are, without their secrets",
    Permission.SEE_LOOKS: "See who of support looked in, and why",
    Permission.EXPORT_HISTORY: "Export the whole history, with its proofs",
    Permission.LEAVE: "Leave the workspace",
    Permission.RENAME: "Rename the workspace",
    Permission.INVITE_CLIENT: "Invite members and viewers",
    Permission.INVITE_ADMIN: "Make and unmake admins",
    Permission.GIVE_OWNERSHIP: "Make and unmake owners and auditors",
    Permission.REMOVE_MEMBER: "Change roles, and remove people",
    Permission.HANDLE_KEYS: "Make, replace and revoke API keys",
    Permission.VOID_EVENTS: "Void an event",
    Permission.SET_HOURLY_RATE: "Set the hourly rate",
    Permission.SET_VISIBILITY: "Decide what clients see of their workspace",
    Permission.CREATE_CHILD: "Create workspaces for clients, or bring them in",
    Permission.DELETE_CHILD: "Delete a client’s workspace",
    Permission.CLOSE_WORKSPACE: "Close a workspace that stands alone",
    Permission.HANDLE_BILLING: "Choose, change, cancel and pay for a plan",
    Permission.SET_SINGLE_SIGN_ON: "Set up single sign-on",
    Permission.SEE_CUSTOMERS: "See the customers of the agency",
    Permission.HANDLE_CUSTOMERS: "Add, change, suspend and close customers",
    Permission.HANDLE_TEMPLATES: "Keep templates, and start workspaces from them",
    Permission.SEE_PROMPTS: "Read the prompts of agents",
    Permission.EDIT_PROMPTS: "Write and restore prompts",
    Permission.SEE_CONFIGURATION: "See how agents are configured, and what they know",
    Permission.CONFIGURE: "Make and configure agents, and what they know",
    Permission.SEE_DEPLOYMENT: "See phone numbers and widgets",
    Permission.DEPLOY: "Buy, assign and release phone numbers, and set up widgets",
    Permission.SEE_ACTIONS: "See actions",
    Permission.EDIT_ACTIONS: "Change actions",
    Permission.SEE_CALLS: "See which calls there were",
    Permission.SEE_TRANSCRIPTS: "Read what was said on a call, and by whom",
    Permission.SEE_RECORDINGS: "Hear the recordings of calls",
    Permission.SET_RETENTION: "Decide how long transcripts and recordings are kept",
    Permission.SEE_CREDITS: "See the credits of the agency",
    Permission.HANDLE_CREDITS: "Top up, refund, correct and transfer credits",
    Permission.SET_TOP_UP: "Let credits be topped up automatically",
    Permission.SET_BUDGETS: "Set and raise the budgets of customers",
}

# Whom the table is about: for those who lead an agency, for a workspace that stands alone, and for a client.
OF_AGENCY = {
    Standing.ANCHOR_OWNER: "Owner of the anchor",
    Standing.ANCHOR_ADMIN: "Admin of the anchor",
    Standing.AUDITOR: "Auditor of the anchor",
    Standing.CHILD_OWNER: "Owner of a client’s workspace",
    Standing.CHILD_ADMIN: "Admin there",
    Standing.CHILD_AUDITOR: "Auditor there",
    Standing.MEMBER: "Member",
    Standing.VIEWER: "Viewer",
    Standing.SUPPORT: "Support, during a look",
}
ALONE = {
    Standing.ANCHOR_OWNER: "Owner",
    Standing.ANCHOR_ADMIN: "Admin",
    Standing.AUDITOR: "Auditor",
    Standing.MEMBER: "Member",
    Standing.VIEWER: "Viewer",
    Standing.SUPPORT: "Support, during a look",
}
OF_CLIENT = {
    Standing.CHILD_OWNER: "Owner",
    Standing.CHILD_ADMIN: "Admin",
    Standing.CHILD_AUDITOR: "Auditor",
    Standing.MEMBER: "Member",
    Standing.VIEWER: "Viewer",
}


@pages.get("/w/<uuid:workspace_id>/roles")
def roles(workspace_id: UUID) -> str:
    here = here_or_404(workspace_id)
    columns = _columns(here)
    return render_template(
        "roles.html",
        here=here,
        columns=columns,
        yours=here.standings,
        rows=[
            (WORDS[permission], [standing in who for standing in columns])
            for permission, who in TABLE.items()
            if not who.isdisjoint(columns.keys() - {Standing.SUPPORT})
        ],
    )


def _columns(here: Here) -> dict[Standing, str]:
    """A client reads of the roles in their own workspace: for them it is all there is."""
    if here.leads and here.row.tree_id is not None:
        return OF_AGENCY
    return OF_CLIENT if here.is_child else ALONE
