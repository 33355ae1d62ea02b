"""Who may do what, as one table of permission and standing."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a membership says, per workspace and never per person."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"
    AUDITOR = "auditor"


class Standing(StrEnum):
    """What a person is to a workspace: a role there, one in its anchor, or a look that support has into it.

    A workspace that is nobody's child is its own anchor.
    """

    ANCHOR_OWNER = "anchor_owner"
    ANCHOR_ADMIN = "anchor_admin"
    CHILD_OWNER = "child_owner"
    CHILD_ADMIN = "child_admin"
    MEMBER = "member"
    VIEWER = "viewer"
    AUDITOR = "auditor"  # of the anchor: reads the whole tree
    CHILD_AUDITOR = "child_auditor"  # reads this workspace, and never hears of the anchor
    SUPPORT = "support"  # for a stated reason and a limited time: reads, under their own name


class Permission(StrEnum):
    """Something that a page, an API call or a command may ask for."""

    SEE_WORKSPACE = "see_workspace"
    SEE_MEMBERS = "see_members"
    SEE_TIMELINE = "see_timeline"
    SEE_TREE = "see_tree"
    SEE_BILLING = "see_billing"
    SEE_INVOICES = "see_invoices"  # of what this very workspace was billed
    OPEN_INVOICE = "open_invoice"  # at Stripe, where it can be paid, too
    SEE_EVENTS = "see_events"
    SEE_KEYS = "see_keys"
    SEE_LOOKS = "see_looks"
    EXPORT_HISTORY = "export_history"  # take it out of the house, whole
    LEAVE = "leave"
    RENAME = "rename"
    INVITE_CLIENT = "invite_client"
    INVITE_ADMIN = "invite_admin"
    GIVE_OWNERSHIP = "give_ownership"
    REMOVE_MEMBER = "remove_member"
    HANDLE_KEYS = "handle_keys"
    VOID_EVENTS = "void_events"
    SET_HOURLY_RATE = "set_hourly_rate"
    SET_VISIBILITY = "set_visibility"
    CREATE_CHILD = "create_child"
    DELETE_CHILD = "delete_child"
    CLOSE_WORKSPACE = "close_workspace"
    HANDLE_BILLING = "handle_billing"
    SET_SINGLE_SIGN_ON = "set_single_sign_on"
    SEE_CUSTOMERS = "see_customers"
    HANDLE_CUSTOMERS = "handle_customers"
    HANDLE_TEMPLATES = "handle_templates"
    SEE_PROMPTS = "see_prompts"
    EDIT_PROMPTS = "edit_prompts"
    SEE_CONFIGURATION = "see_configuration"  # of agents, and what they know
    CONFIGURE = "configure"
    SEE_DEPLOYMENT = "see_deployment"  # phone numbers and widgets
    DEPLOY = "deploy"
    SEE_ACTIONS = "see_actions"
    EDIT_ACTIONS = "edit_actions"
    SEE_CALLS = "see_calls"
    SEE_TRANSCRIPTS = "see_transcripts"
    SEE_RECORDINGS = "see_recordings"
    SET_RETENTION = "set_retention"
    SEE_CREDITS = "see_credits"
    HANDLE_CREDITS = "handle_credits"
    SET_TOP_UP = "set_top_up"
    SET_BUDGETS = "set_budgets"


# What changes nothing, and leads to nobody else's pages.
SEEING = frozenset(one for one in Permission if one.name.startswith("SEE_"))

_ANCHOR = frozenset({Standing.ANCHOR_OWNER, Standing.ANCHOR_ADMIN})
_STAFF = _ANCHOR | {Standing.CHILD_OWNER, Standing.CHILD_ADMIN}
_READ_TREE = frozenset({Standing.AUDITOR, Standing.SUPPORT})  # and change nothing
_READ = _READ_TREE | {Standing.CHILD_AUDITOR}
_WORKING = _STAFF | {Standing.MEMBER}
_EVERYBODY = frozenset(Standing)

TABLE: dict[Permission, frozenset[Standing]] = {
    Permission.SEE_WORKSPACE: _EVERYBODY,
    Permission.SEE_MEMBERS: _STAFF | _READ | {Standing.MEMBER},
    Permission.SEE_TIMELINE: _STAFF | _READ,
    Permission.SEE_TREE: _ANCHOR | _READ_TREE,
    Permission.SEE_BILLING: _ANCHOR | _READ_TREE,
    Permission.SEE_INVOICES: _STAFF | _READ,
    Permission.OPEN_INVOICE: _STAFF | {Standing.AUDITOR, Standing.CHILD_AUDITOR},
    Permission.SEE_EVENTS: _STAFF | _READ,
    Permission.SEE_KEYS: _STAFF | _READ,
    Permission.SEE_LOOKS: _ANCHOR | {Standing.AUDITOR},
    Permission.EXPORT_HISTORY: _ANCHOR | {Standing.AUDITOR},
    Permission.LEAVE: _EVERYBODY - {Standing.SUPPORT},
    Permission.RENAME: _STAFF,
    Permission.INVITE_CLIENT: _STAFF,
    Permission.INVITE_ADMIN: _ANCHOR,
    Permission.GIVE_OWNERSHIP: frozenset({Standing.ANCHOR_OWNER, Standing.CHILD_OWNER}),
    Permission.REMOVE_MEMBER: _STAFF,
    Permission.HANDLE_KEYS: _STAFF,
    Permission.VOID_EVENTS: _STAFF,
    Permission.SET_HOURLY_RATE: _STAFF,
    Permission.SET_VISIBILITY: _ANCHOR,
    Permission.CREATE_CHILD: _ANCHOR,
    Permission.DELETE_CHILD: frozenset({Standing.CHILD_OWNER}),
    Permission.CLOSE_WORKSPACE: frozenset({Standing.ANCHOR_OWNER}),
    Permission.HANDLE_BILLING: _ANCHOR,
    Permission.SET_SINGLE_SIGN_ON: frozenset({Standing.ANCHOR_OWNER}),
    Permission.SEE_CUSTOMERS: _ANCHOR | _READ_TREE,
    Permission.HANDLE_CUSTOMERS: _ANCHOR,
    Permission.HANDLE_TEMPLATES: _ANCHOR,
    Permission.SEE_PROMPTS: _EVERYBODY,
    Permission.EDIT_PROMPTS: _WORKING,
    Permission.SEE_CONFIGURATION: _EVERYBODY,
    Permission.CONFIGURE: _WORKING,
    Permission.SEE_DEPLOYMENT: _EVERYBODY,
    Permission.DEPLOY: _STAFF,
    Permission.SEE_ACTIONS: _EVERYBODY,
    Permission.EDIT_ACTIONS: _STAFF,
    Permission.SEE_CALLS: _EVERYBODY,
    Permission.SEE_TRANSCRIPTS: _WORKING,
    Permission.SEE_RECORDINGS: _STAFF,
    Permission.SET_RETENTION: _STAFF,
    Permission.SEE_CREDITS: _ANCHOR | _READ_TREE,
    Permission.HANDLE_CREDITS: _ANCHOR,
    Permission.SET_TOP_UP: frozenset({Standing.ANCHOR_OWNER}),
    Permission.SET_BUDGETS: _ANCHOR,
}

# What a role is in the workspace that it is held in, and what it is in the children below.
_IN_ANCHOR = {
    Role.OWNER: Standing.ANCHOR_OWNER,
    Role.ADMIN: Standing.ANCHOR_ADMIN,
    Role.MEMBER: Standing.MEMBER,
    Role.VIEWER: Standing.VIEWER,
    Role.AUDITOR: Standing.AUDITOR,
}
_IN_CHILD = {
    Role.OWNER: Standing.CHILD_OWNER,
    Role.ADMIN: Standing.CHILD_ADMIN,
    Role.MEMBER: Standing.MEMBER,
    Role.VIEWER: Standing.VIEWER,
    Role.AUDITOR: Standing.CHILD_AUDITOR,
}
REACHES_CHILDREN = frozenset({Role.OWNER, Role.ADMIN, Role.AUDITOR})

_TO_GIVE = {
    Role.OWNER: Permission.GIVE_OWNERSHIP,
    Role.ADMIN: Permission.INVITE_ADMIN,
    Role.MEMBER: Permission.INVITE_CLIENT,
    Role.VIEWER: Permission.INVITE_CLIENT,
    Role.AUDITOR: Permission.GIVE_OWNERSHIP,  # whoever reads everything is let in by who answers for it
}


def standings(
    *, here: Role | None, in_anchor: Role | None, is_child: bool, looks: bool = False
) -> frozenset[Standing]:
    """What a person is to a workspace, given their role there and, for a child, in its anchor; `looks` while
    they look into it for support."""
    found: set[Standing] = set()
    if here is not None:
        found.add((_IN_CHILD if is_child else _IN_ANCHOR)[here])
    if is_child and in_anchor in REACHES_CHILDREN:
        found.add(_IN_ANCHOR[in_anchor])
    if looks:
        found.add(Standing.SUPPORT)
    return frozenset(found)


def may(who: frozenset[Standing], permission: Permission) -> bool:
    return not who.isdisjoint(TABLE[permission])


def permission_to_give(role: Role) -> Permission:
    """What one needs to invite someone with this role, to give it, or to take it away."""
    return _TO_GIVE[role]
