"""What an agency shows its clients of their workspaces: five areas, each hidden, to look at, or to change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from domain.because import Because
from domain.permissions import Permission, Standing
from domain.plans import PLANS
from domain.refusals import Refusal, Refused

if TYPE_CHECKING:
    from domain.tree import Tree
    from domain.workspace import Workspace


class Area(StrEnum):
    DASHBOARD = "dashboard"  # what was tracked: charts, usage, exports, and what a key may read of them
    PROMPTS = "prompts"
    CONFIGURATION = "configuration"  # the settings of the workspace
    DEPLOYMENT = "deployment"  # widget and phone numbers
    ACTIONS = "actions"


class Level(StrEnum):
    NONE = "none"
    VIEW = "view"
    EDIT = "edit"

    def reaches(self, needed: Level) -> bool:
        order = list(Level)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, kw_only=True)
class Visibility:
    """A level for each area; where nothing was ever set, clients see and change what their role allows."""

    dashboard: Level = Level.EDIT
    prompts: Level = Level.EDIT
    configuration: Level = Level.EDIT
    deployment: Level = Level.EDIT
    actions: Level = Level.EDIT

    def of(self, area: Area) -> Level:
        level: Level = getattr(self, area.value)
        return level

    def reaches(self, area: Area, needed: Level) -> bool:
        return self.of(area).reaches(needed)

    def lets(self, permission: Permission) -> bool:
        needed = NEEDS.get(permission)
        return needed is None or self.reaches(*needed)

    def but(self, changes: Mapping[Area, Level]) -> Visibility:
        return replace(self, **{area.value: level for area, level in changes.items()})

    @classmethod
    def said_by(cls, fact: Any) -> Visibility:
        return cls(**{field.name: getattr(fact, field.name) for field in fields(cls)})

    def levels(self) -> dict[str, Level]:
        """As a fact holds them."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


EVERYTHING = Visibility()
# A child's auditor, too: whom its own people let in sees no more than what they are shown themselves.
CLIENTS = frozenset(
    {
        Standing.CHILD_OWNER,
        Standing.CHILD_ADMIN,
        Standing.CHILD_AUDITOR,
        Standing.MEMBER,
        Standing.VIEWER,
    }
)

# What is done in an area needs more than a role: the pages and commands of a permission ask for this, too.
NEEDS: dict[Permission, tuple[Area, Level]] = {
    Permission.RENAME: (Area.CONFIGURATION, Level.EDIT),
    Permission.SET_HOURLY_RATE: (Area.CONFIGURATION, Level.EDIT),
    Permission.DELETE_CHILD: (Area.CONFIGURATION, Level.EDIT),
    Permission.VOID_EVENTS: (Area.DASHBOARD, Level.EDIT),
    Permission.SEE_PROMPTS: (Area.PROMPTS, Level.VIEW),
    Permission.EDIT_PROMPTS: (Area.PROMPTS, Level.EDIT),
    Permission.SEE_CONFIGURATION: (Area.CONFIGURATION, Level.VIEW),
    Permission.CONFIGURE: (Area.CONFIGURATION, Level.EDIT),
    Permission.SEE_DEPLOYMENT: (Area.DEPLOYMENT, Level.VIEW),
    Permission.DEPLOY: (Area.DEPLOYMENT, Level.EDIT),
    Permission.SEE_ACTIONS: (Area.ACTIONS, Level.VIEW),
    Permission.EDIT_ACTIONS: (Area.ACTIONS, Level.EDIT),
    Permission.SEE_EVENTS: (Area.DASHBOARD, Level.VIEW),
    Permission.SEE_CALLS: (Area.DASHBOARD, Level.VIEW),
    Permission.SEE_TRANSCRIPTS: (Area.DASHBOARD, Level.VIEW),
    Permission.SEE_RECORDINGS: (Area.DASHBOARD, Level.VIEW),
    Permission.SET_RETENTION: (Area.CONFIGURATION, Level.EDIT),
}


def binds(who: frozenset[Standing], *, is_child: bool) -> bool:
    """Whether the settings are about them: people of a child who are nothing to its agency."""
    return is_child and who <= CLIENTS


def allows(workspace: Workspace, who: frozenset[Standing], permission: Permission) -> bool:
    return not binds(who, is_child=workspace.parent_id is not None) or workspace.visibility.lets(permission)


# Commands. Each one decides, and records at most one fact; who may is asked of the anchor before.


def change(children: Iterable[Workspace], changes: Mapping[Area, Level], *, because: Because) -> None:
    for child in children:
        show(child, child.visibility.but(changes), because=because)


def show(child: Workspace, visibility: Visibility, *, because: Because) -> None:
    if visibility != child.visibility:
        child.note(child.VisibilitySet, because, **visibility.levels())


def set_defaults(tree: Tree, visibility: Visibility, *, because: Because) -> None:
    """Of the children that are made from now on."""
    if refusal := why_not_set_defaults(tree):
        raise Refused(refusal)
    if visibility != tree.visibility_defaults:
        tree.record(tree.VisibilityDefaultsSet, because, **visibility.levels())


# Rules.


def why_not_set_defaults(tree: Tree) -> Refusal | None:
    has_ended = tree.ended_at is not None
    if not PLANS[tree.plan].may_be_agency and not has_ended:
        return Refusal.NO_AGENCY_PLAN
    if tree.subscription_id is None:
        return Refusal.NOT_PAID_YET
    return Refusal.TREE_ENDED if has_ended else None
