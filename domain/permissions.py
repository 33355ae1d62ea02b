"""Who may do what, as one table of permission and standing."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a membership says, per workspace and never per person."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


class Standing(StrEnum):
    """What a person is to a workspace: a role there, or one in its anchor.

    A workspace that is nobody's child is its own anchor.
    """

    ANCHOR_OWNER = "anchor_owner"
    ANCHOR_ADMIN = "anchor_admin"
    CHILD_OWNER = "child_owner"
    CHILD_ADMIN = "child_admin"
    MEMBER = "member"
    VIEWER = "viewer"


class Permission(StrEnum):
    """Something that a page, an API call or a command may ask for."""

    SEE_WORKSPACE = "see_workspace"
    SEE_MEMBERS = "see_members"
    SEE_TIMELINE = "see_timeline"
    SEE_TREE = "see_tree"
    SEE_BILLING = "see_billing"
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
    HANDLE_BILLING = "handle_billing"


_ANCHOR = frozenset({Standing.ANCHOR_OWNER, Standing.ANCHOR_ADMIN})
_STAFF = _ANCHOR | {Standing.CHILD_OWNER, Standing.CHILD_ADMIN}
_EVERYBODY = frozenset(Standing)

TABLE: dict[Permission, frozenset[Standing]] = {
    Permission.SEE_WORKSPACE: _EVERYBODY,
    Permission.SEE_MEMBERS: _STAFF | {Standing.MEMBER},
    Permission.SEE_TIMELINE: _STAFF,
    Permission.SEE_TREE: _ANCHOR,
    Permission.SEE_BILLING: _ANCHOR,
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
    Permission.HANDLE_BILLING: _ANCHOR,
}


def standings(*, here: Role | None, in_anchor: Role | None, is_child: bool) -> frozenset[Standing]:
    """What a person is to a workspace, given their role there and, for a child, in its anchor."""
    found: set[Standing] = set()
    own = {Role.OWNER: Standing.CHILD_OWNER, Role.ADMIN: Standing.CHILD_ADMIN}
    lead = {Role.OWNER: Standing.ANCHOR_OWNER, Role.ADMIN: Standing.ANCHOR_ADMIN}
    if here in (Role.OWNER, Role.ADMIN):
        found.add((own if is_child else lead)[here])
    elif here is not None:
        found.add(Standing(here.value))
    if is_child and in_anchor in (Role.OWNER, Role.ADMIN):
        found.add(lead[in_anchor])
    return frozenset(found)


def may(who: frozenset[Standing], permission: Permission) -> bool:
    return not who.isdisjoint(TABLE[permission])


def permission_to_give(role: Role) -> Permission:
    """What one needs to invite someone with this role, to give it, or to take it away."""
    return {
        Role.OWNER: Permission.GIVE_OWNERSHIP,
        Role.ADMIN: Permission.INVITE_ADMIN,
        Role.MEMBER: Permission.INVITE_CLIENT,
        Role.VIEWER: Permission.INVITE_CLIENT,
    }[role]
