"""docs/permissions.md: who may do what, as the code's own table has it."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import Map, Rule

from domain.permissions import TABLE, Permission, Role, Standing, permission_to_give, standings
from domain.visibility import CLIENTS, NEEDS, Area, Level
from web.access.routes import ROUTES, Asks
from web.api.blueprint import api
from web.health import health
from web.pages.blueprint import pages
from web.reference import reference
from web.webhooks import webhooks
from web.widget import widget

INTRODUCTION = """\
# Permissions

Made from `domain/permissions.py` and `web/access/routes.py` by `python -m scripts.docs`; a test fails when it
is stale.

A role is held per workspace, never per person. What a person may do in a workspace follows from their
**standing** there: their role in it, and, in a child, also the role of owner or admin in its anchor. A
workspace that is nobody's child is its own anchor. Whoever has no standing in a workspace gets the same
answer as for one that does not exist. An auditor reads and changes nothing; so does somebody of Heartwood's
support, while a look lasts that they gave a reason for.
"""


def permissions_page() -> str:
    return "\n".join([INTRODUCTION, *_standings(), "", *_table(), "", *_giving(), "", *_visibility(), ""])


def _standings() -> list[str]:
    lines = ["## Standings", "", "| role | in the anchor, or alone | in a child |", "|---|---|---|"]
    for role in Role:
        alone = standings(here=role, in_anchor=None, is_child=False)
        child = standings(here=role, in_anchor=None, is_child=True)
        lines.append(f"| {role} | {_words(alone)} | {_words(child)} |")
    from_above = {role: standings(here=None, in_anchor=role, is_child=True) for role in Role}
    above = [f"{role} of the anchor: {_words(found) or 'none'}" for role, found in from_above.items()]
    return [*lines, "", "In a child without being its member: " + "; ".join(above) + "."]


def _table() -> list[str]:
    heads = " | ".join(_spaced(standing) for standing in Standing)
    lines = ["## What each standing may", "", f"| | {heads} |", "|---" * (len(Standing) + 1) + "|"]
    for permission in Permission:
        marks = " | ".join("yes" if standing in TABLE[permission] else "" for standing in Standing)
        lines.append(f"| `{permission}` | {marks} |")
    return lines


def _giving() -> list[str]:
    lines = ["## Giving and taking roles", "", "| role | needs |", "|---|---|"]
    return lines + [f"| {role} | `{permission_to_give(role)}` |" for role in Role]


def _visibility() -> list[str]:
    clients = ", ".join(_spaced(standing) for standing in Standing if standing in CLIENTS)
    areas, levels = (", ".join(f"`{one}`" for one in kind) for kind in (Area, Level))
    lines = [
        "## What an agency shows its clients",
        "",
        f"For each child the agency sets a level ({levels}) for each area: {areas}. It binds",
        f"whoever is nothing else to the child than one of these: {clients}; and its API keys.",
        "",
        "| permission | needs, besides the role |",
        "|---|---|",
    ]
    return lines + [f"| `{one}` | {area}: `{level}` |" for one, (area, level) in NEEDS.items()]


def url_map() -> Map:
    """Every address there is."""
    app = Flask("web")
    for blueprint in (pages, api, reference, webhooks, health, widget):
        app.register_blueprint(blueprint)
    return app.url_map


def _routes() -> list[str]:
    lines = ["## What each address asks for", "", "| address | asks for | of |", "|---|---|---|"]
    rules = sorted(url_map().iter_rules(), key=lambda rule: (rule.rule, _methods(rule)))
    return lines + [f"| {_methods(rule)} `{rule.rule}` | {_asked(rule.endpoint)} |" for rule in rules]


def _methods(rule: Rule) -> str:
    return ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def _asked(endpoint: str) -> str:
    asked = ROUTES[endpoint]
    if isinstance(asked, Asks):
        return f"`{asked.permission}` | {asked.where}"
    return f"{asked} | "


def _words(found: frozenset[Standing]) -> str:
    return ", ".join(sorted(_spaced(standing) for standing in found))


def _spaced(standing: Standing) -> str:
    return standing.value.replace("_", " ")
