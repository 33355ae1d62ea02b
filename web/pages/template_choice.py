"""Which templates can a new workspace start from, and which one was chosen?"""

from __future__ import annotations

from uuid import UUID

from flask import request

from domain.permissions import Permission
from domain.template import FromTemplate
from web.pages.forms import Invalid
from web.pages.here import Here
from web.pages.templates import for_workspace, names_of, templates_of


def choices(here: Here) -> dict[UUID, str]:
    """By id, the newest first; none for who handles none."""
    if not here.may(Permission.HANDLE_TEMPLATES):
        return {}
    return names_of(here.workspace_id, templates_of(here))


def chosen(here: Here) -> UUID | None:
    text = request.form.get("template", "")
    if not text:
        return None
    found = next((one for one in choices(here) if str(one) == text), None)
    if found is None:
        raise Invalid("template", "This template is gone. Choose another one, or none.")
    return found


def started(here: Here, template_id: UUID | None, child_id: UUID) -> FromTemplate | None:
    """What the workspace is to get; its texts are sealed under it by now."""
    return None if template_id is None else for_workspace(here, template_id, child_id)
