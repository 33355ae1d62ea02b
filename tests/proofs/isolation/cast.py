"""Who is on the ground of the proofs, which workspaces are there, and who is what where."""

from __future__ import annotations

from domain.permissions import Permission, Role, Standing, may, standings
from tests.proofs.isolation.canaries import Kind, canary

# Who is what where. Whoever opens a child is its first owner.
ROLES: dict[tuple[str, str], Role] = {
    ("ana", "anchor"): Role.OWNER,
    ("ana", "child"): Role.OWNER,
    ("ana", "sibling"): Role.OWNER,
    ("adam", "anchor"): Role.ADMIN,
    ("olga", "child"): Role.OWNER,
    ("ben", "child"): Role.MEMBER,
    ("vera", "child"): Role.VIEWER,
    ("sid", "sibling"): Role.MEMBER,
    ("hana", "harbor"): Role.OWNER,
    ("hana", "haven"): Role.OWNER,
    ("hugo", "haven"): Role.OWNER,
    ("hal", "haven"): Role.VIEWER,
    ("dora", "dusk"): Role.OWNER,
    ("dora", "dawn"): Role.OWNER,
    ("dirk", "dawn"): Role.ADMIN,
    ("ada", "anchor"): Role.AUDITOR,
    ("alma", "haven"): Role.AUDITOR,
    ("eve", "eves"): Role.OWNER,
    ("finn", "finns"): Role.OWNER,
}
# Who was once, and is not any more.
ONCE = {("rita", "child"), ("ana", "gone"), ("gus", "gone")}
# Who may become it: invited, and has not answered.
INVITED = {"ines": "child", "ivo": "haven", "ilse": "eves"}
STAFF = {"sam"}
LOOKS = {"sam": "harbor"}  # what support looks into meanwhile, with all that is below it
PEOPLE = sorted({who for who, _ in ROLES} | {who for who, _ in ONCE} | set(INVITED) | STAFF)

ANCHORS = {"anchor": "ana", "harbor": "hana", "dusk": "dora"}
CHILDREN = {"child": "anchor", "sibling": "anchor", "gone": "anchor", "haven": "harbor", "dawn": "dusk"}
ALONE = {"eves": "eve", "finns": "finn"}
PLACES = [*ANCHORS, *CHILDREN, *ALONE]
DELETED = "gone"
ENDED = "dusk"
SCOPES = ("track", "read", "manage")  # of the key of each workspace
PARENTS = {child: anchor for child, anchor in CHILDREN.items() if anchor != ENDED and child != DELETED}


def standings_of(who: str, place: str) -> frozenset[Standing]:
    """What somebody is to a workspace, by the cast above and the table of permissions alone."""
    if place == DELETED:
        return frozenset()
    parent = PARENTS.get(place)
    return standings(
        here=ROLES.get((who, place)),
        in_anchor=ROLES.get((who, parent)) if parent else None,
        is_child=parent is not None,
        looks=LOOKS.get(who) in (place, parent or place),
    )


def own_standings_of(who: str, place: str) -> frozenset[Standing]:
    """What somebody is to a workspace by their role in it alone, or by looking into it."""
    here = None if place == DELETED else ROLES.get((who, place))
    looks = LOOKS.get(who) == place
    return standings(here=here, in_anchor=None, is_child=place in PARENTS, looks=looks)


def first_of(place: str) -> str | None:
    return next((who for who, where in ROLES if where == place), None)


def is_allowed(who: str, permission: Permission, place: str) -> bool:
    return may(standings_of(who, place), permission)


def led(who: str, place: str) -> bool:
    """Whether somebody leads a tree that a workspace is or ever was part of."""
    anchor = CHILDREN.get(place, place)
    return is_allowed(who, Permission.SEE_TREE, anchor)


def name_of(what: str) -> str:
    return f"{what.title()} {canary(Kind.PERSON if what in PEOPLE else Kind.WORKSPACE, what)}"


def address_of(who: str) -> str:
    """Support is known by a plain address; everybody else's is their own."""
    return f"{who}@example.com" if who in STAFF else f"{who}.{canary(Kind.ADDRESS, who)}@example.com"
