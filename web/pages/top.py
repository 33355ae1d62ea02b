"""The top of every page: who is signed in, the workspaces to switch between, and the pages of this one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import g, request, url_for

from domain.permissions import Permission
from domain.visibility import Area
from projections.catalogue import ACCESS
from projections.places import Place
from web.access import live, person_or_none, place_of, places_of
from web.pages.blueprint import pages
from web.pages.here import Here, here_of
from web.services import services

TIMELINE = "pages.timeline_of_workspace"


@dataclass(frozen=True, kw_only=True)
class Tab:
    label: str
    url: str
    of_agency: bool = False  # about all of it, and not this one workspace

    @property
    def current(self) -> bool:
        """An overview's address is where all addresses of a workspace begin."""
        return request.path == self.url or (self.label != "Overview" and request.path.startswith(self.url))


@dataclass(frozen=True, kw_only=True)
class Top:
    person: Any = None  # adapters.vault.Person
    here: Here | None = None
    workspaces: list[tuple[UUID, str]] = field(default_factory=list)
    create_under: UUID | None = None  # the anchor that may get another child from this person
    tabs: list[Tab] = field(default_factory=list)


@pages.app_context_processor
def _for_the_top() -> dict[str, Any]:
    return {"top_of_page": top_of_page}


def top_of_page() -> Top:
    person_id = person_or_none()
    if person_id is None:
        return Top()
    here = _here_of_address()
    return Top(
        person=services().vault.person(person_id),
        here=here,
        workspaces=_names(places_of()),
        create_under=here.anchor_id if here and here.may_create_children else None,
        tabs=_tabs(here) if here else [],
    )


def _here_of_address() -> Here | None:
    """Where the address leads, also on pages that did not ask for it."""
    if "here" in g:
        here: Here = g.here
        return here
    ids = request.view_args or {}
    workspace_id = ids.get("workspace_id")
    if "tree_id" in ids:
        workspace_id = ACCESS.anchor_of(live(), ids["tree_id"])
    place = place_of(workspace_id) if workspace_id else None
    return here_of(place) if place else None


def _names(places: list[Place]) -> list[tuple[UUID, str]]:
    texts = services().vault.texts([(place.workspace_id, place.name_digest) for place in places])
    named = [(place.workspace_id, texts[place.workspace_id, place.name_digest]) for place in places]
    return sorted(named, key=lambda one: (one[1].casefold(), one[0]))


def _tabs(here: Here) -> list[Tab]:
    of_tree = here.leads and not here.is_child
    of_agency = of_tree and here.has_agency
    sees_agents = here.may(Permission.SEE_PROMPTS) or here.may(Permission.SEE_CONFIGURATION)
    has_calls = here.plan.rates is not None
    own = [
        ("Overview", "pages.overview", True),
        ("Usage", "pages.usage", here.shows(Area.DASHBOARD)),
        ("Calls", "pages.calls", here.may(Permission.SEE_CALLS) and has_calls),
        ("Agents", "pages.agents", sees_agents),
        ("Knowledge", "pages.knowledge", here.may(Permission.SEE_CONFIGURATION)),
        ("Actions", "pages.actions", here.may(Permission.SEE_ACTIONS)),
        ("Numbers", "pages.numbers", here.may(Permission.SEE_DEPLOYMENT)),
        ("Widgets", "pages.widgets", here.may(Permission.SEE_DEPLOYMENT)),
        ("Members", "pages.members", here.may(Permission.SEE_MEMBERS)),
        ("API keys", "pages.keys", here.may(Permission.SEE_KEYS)),
        ("Timeline", TIMELINE, here.may(Permission.SEE_TIMELINE)),
        ("Settings", "pages.settings", here.shows(Area.CONFIGURATION)),
    ]
    agency = [
        ("Workspaces", "pages.workspaces", of_agency),
        ("Customers", "pages.customers", of_agency and here.may(Permission.SEE_CUSTOMERS)),
        ("All calls", "pages.calls_overview", of_agency and has_calls),
        ("Budgets", "pages.budgets", of_agency and has_calls),
        ("Templates", "pages.templates", of_agency and here.may(Permission.HANDLE_TEMPLATES)),
        ("Credits", "pages.credits", of_tree and has_calls),
        ("Billing", "pages.billing", of_tree),
    ]
    return [
        Tab(label=label, url=_url(here, endpoint), of_agency=group is agency)
        for group in (own, agency)
        for label, endpoint, shown in group
        if shown
    ]


def _url(here: Here, endpoint: str) -> str:
    if endpoint == TIMELINE and here.leads and not here.is_child and here.row.tree_id is not None:
        return url_for("pages.timeline_of_tree", tree_id=here.row.tree_id)
    return url_for(endpoint, workspace_id=here.workspace_id)
