"""The templates of an agency: structures that it keeps, and in what its workspaces have drifted from them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from domain.drift import Differs, drift
from domain.permissions import Permission
from domain.refusals import Unknown
from domain.template import TEMPLATES_MAX, FromTemplate
from projections.catalogue import DASHBOARD, TEMPLATES
from projections.templates import StartedRow, TemplateRow
from web import structures
from web.access import because, db, followed, new_id, person
from web.actions import only_used
from web.pages.blueprint import pages
from web.pages.forms import No, done, id_among, name_of, shows_again
from web.pages.here import Here, lead_or_404
from web.pages.line_diff import rows_of
from web.pages.trees import agency_tree_id
from web.sealed import texts_in
from web.services import services

GONE = "This template is gone. Choose another one, or save a new one."


@dataclass(frozen=True, kw_only=True)
class Drifted:
    """A workspace that was started from a template, and in what it differs now."""

    row: StartedRow
    name: str
    differs: list[Differs]


@pages.get("/w/<uuid:workspace_id>/templates")
def templates(workspace_id: UUID, no: No | None = None, **_: UUID) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.HANDLE_TEMPLATES)
    rows = templates_of(here)
    started = TEMPLATES.started_in_tree(db(), here.row.tree_id) if here.row.tree_id else []
    return render_template(
        "templates.html",
        here=here,
        rows=rows,
        names=names_of(workspace_id, rows),
        workspaces=_workspaces(here),
        started={row.template_id: sum(one.template_id == row.template_id for one in started) for row in rows},
        templates_max=TEMPLATES_MAX,
        no=no,
    )


@pages.post("/w/<uuid:workspace_id>/templates")
@shows_again(templates)
def save_template(workspace_id: UUID) -> ResponseReturnValue:
    """A new one, or in the place of one that is there."""
    here = lead_or_404(workspace_id, Permission.HANDLE_TEMPLATES)
    tree_id = agency_tree_id(workspace_id)
    name = name_of("name", "a name for the template")
    source_id = id_among("source", _workspaces(here), "Please choose a workspace of this agency.")
    replaced = request.form.get("template")
    known = [row.template_id for row in templates_of(here)]
    template_id = id_among("template", known, GONE) if replaced else new_id("template")
    structure = structures.resealed(structures.structure_of(source_id), source_id, workspace_id)

    with only_used(workspace_id, *_headers(here, template_id), *structures.headers_in(structure)):
        services().agency.save_template(
            tree_id,
            person(),
            template_id,
            name_digest=services().vault.keep_text(workspace_id, name),
            source_id=source_id,
            structure_digest=structures.kept(workspace_id, structure),
            structure=structure,
            because=because(),
        )

    followed()
    return done(f"The template “{name}” is saved.", "pages.templates", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/templates/<uuid:template_id>/delete")
@shows_again(templates)
def delete_template(workspace_id: UUID, template_id: UUID) -> ResponseReturnValue:
    here = lead_or_404(workspace_id, Permission.HANDLE_TEMPLATES)
    tree_id = agency_tree_id(workspace_id)

    with only_used(workspace_id, *_headers(here, template_id)):
        services().agency.delete_template(tree_id, person(), template_id, because=because())

    followed()
    text = "The template is deleted. What was started from it stays as it is."
    return done(text, "pages.templates", workspace_id=workspace_id)


@pages.post("/w/<uuid:workspace_id>/templates/<uuid:template_id>/start")
@shows_again(templates)
def start_template(workspace_id: UUID, template_id: UUID) -> ResponseReturnValue:
    """Put it into a workspace that is there."""
    here = lead_or_404(workspace_id, Permission.HANDLE_TEMPLATES)
    tree_id = agency_tree_id(workspace_id)
    children = {one: name for one, name in _workspaces(here).items() if one != workspace_id}
    child_id = id_among("child", children, "Please choose a workspace of this agency.")

    template = for_workspace(here, template_id, child_id)
    services().agency.start_template(tree_id, person(), child_id, template, because=because())

    followed()
    text = f"“{children[child_id]}” has got what is in the template. Its agents are paused."
    return done(text, "pages.template", workspace_id=workspace_id, template_id=template_id)


@pages.get("/w/<uuid:workspace_id>/templates/<uuid:template_id>")
def template(workspace_id: UUID, template_id: UUID) -> ResponseReturnValue:
    """Which workspaces were started from it, and in what each has drifted."""
    here = lead_or_404(workspace_id, Permission.HANDLE_TEMPLATES)
    row = _row(here, template_id) or abort(404)
    return render_template(
        "template.html",
        here=here,
        row=row,
        name=names_of(workspace_id, [row])[row.template_id],
        source=_workspaces(here).get(row.source_id),
        drifted=_drifted(here, row),
        rows_of=rows_of,
    )


def templates_of(here: Here) -> list[TemplateRow]:
    return TEMPLATES.of_tree(db(), here.row.tree_id) if here.row.tree_id is not None else []


def names_of(anchor_id: UUID, rows: list[TemplateRow]) -> dict[UUID, str]:
    texts = texts_in(anchor_id, (row.name_digest for row in rows))
    return {row.template_id: texts[row.name_digest] for row in rows}


def for_workspace(here: Here, template_id: UUID, child_id: UUID) -> FromTemplate:
    """As the workspace is to get it, with all texts sealed under it."""
    row = _row(here, template_id)
    found = structures.opened(here.workspace_id, row.structure_digest) if row else None
    if found is None:
        raise Unknown(f"Template {template_id}")
    structure = structures.resealed(found, here.workspace_id, child_id)
    return FromTemplate(template_id=template_id, structure=structure)


def _headers(here: Here, template_id: UUID) -> set[str]:
    """What the actions of a template send; nothing for one that is not there."""
    row = _row(here, template_id)
    return structures.headers_in(structures.opened(here.workspace_id, row.structure_digest)) if row else set()


def _row(here: Here, template_id: UUID) -> TemplateRow | None:
    return next((row for row in templates_of(here) if row.template_id == template_id), None)


def _workspaces(here: Here) -> dict[UUID, str]:
    """All of the agency, the anchor first, by name."""
    if here.row.tree_id is None:
        return {}
    rows = DASHBOARD.of_tree(db(), here.row.tree_id)
    texts = services().vault.texts([(row.workspace_id, row.name_digest) for row in rows])
    return {row.workspace_id: texts[row.workspace_id, row.name_digest] for row in rows}


def _drifted(here: Here, row: TemplateRow) -> list[Drifted]:
    found = structures.opened(here.workspace_id, row.structure_digest)
    if found is None:
        return []
    kept, workspaces = structures.plain(found, here.workspace_id), _workspaces(here)
    return [
        Drifted(
            row=one,
            name=workspaces[one.child_id],
            differs=drift(
                kept,
                structures.plain(structures.structure_of(one.child_id), one.child_id),
                one.child_id,
            ),
        )
        for one in TEMPLATES.started_in_tree(db(), row.tree_id)
        if one.template_id == row.template_id and one.child_id in workspaces
    ]
