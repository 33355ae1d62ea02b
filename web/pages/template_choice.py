"""Which templates can a new workspace start from, and which one was chosen?"""

from __future__ import annotations

from uuid import UUID

from flask import request

from domain.permissions import Permission
from domain.template import FromTemplate
from web.pages.forms import id_among
from web.pages.here import Here
from web.pages.templates import for_workspace, names_of, templates_of


def choices(here: Here) -> dict[UUID, str]:
    """By id, the newest first; none for who handles none."""
    if not here.may(Permission.HANDLE_TEMPLATES):
        return {}
    return names_of(here.workspace_id, templates_of(here))


def chosen(here: Here) -> UUID | None:
    if not request.form.get("template"):
        return None
    return id_among("template", choices(here), "This template is gone. Choose another one, or none.")


def started(here: Here, template_id: UUID | None, child_id: UUID) -> FromTemplate | None:
    """What the workspace is to get; its texts are sealed under it by now."""
    return None if template_id is None else for_workspace(here, template_id, child_id)
