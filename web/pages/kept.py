"""What is kept about me: a document with all of it, for nobody but oneself."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response

from projections.catalogue import ACCESS, MEMBERS, TIMELINE
from projections.history.kinds import kind
from projections.timeline import TimelineRow
from web.access import db, now, person
from web.pages.blueprint import pages
from web.services import services

FACTS_MAX = 20_000  # the newest ones; whoever has more asks who runs this Heartwood for the rest


@pages.get("/account/kept.json")
def kept_about_me() -> Response:
    person_id = person()

    document = kept_about(person_id)

    response = Response(
        json.dumps(document, ensure_ascii=False, indent=2) + "\n", mimetype="application/json"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="kept-about-me.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def kept_about(person_id: UUID) -> dict[str, Any]:
    known = services().vault.person(person_id)
    facts = TIMELINE.about_person(db(), person_id, FACTS_MAX + 1)
    names = _names_seen_by(person_id)
    return {
        "made_at": _instant(now()),
        "person_id": str(person_id),
        "name": known.name,
        "address": known.email,
        "memberships": [
            {
                "workspace_id": str(one.workspace_id),
                "workspace": names.get(one.workspace_id),
                "role": one.role,
                "joined_at": _instant(one.joined_at),
            }
            for one in MEMBERS.of_person(db(), person_id)
        ],
        "invitations": _invitations(person_id, names),
        "sessions": [
            {
                "begun_at": _instant(one.begun_at),
                "seen_at": _instant(one.seen_at),
                "ends_at": _instant(one.ends_at),
                "browser": one.browser,
            }
            for one in services().sessions.of_person(person_id, now())
        ],
        "saved_views": [
            {"of": str(one.subject_id), "name": one.name, "filter": one.query}
            for one in services().views.of_person(person_id)
        ],
        "mails": [
            {"at": one.at, "subject": one.subject, "text": one.text}
            for one in services().erasure.mails.kept_for(known.email)
        ],
        "facts": [_fact(row, person_id, names) for row in facts[-FACTS_MAX:]],
        "older_facts_left_out": len(facts) > FACTS_MAX,
    }


def _invitations(person_id: UUID, names: dict[UUID, str]) -> list[dict[str, Any]]:
    return [
        {
            "workspace_id": str(one.workspace_id),
            "workspace": names.get(one.workspace_id),
            "role": one.role,
            "invited_at": _instant(one.invited_at),
            "expires_at": _instant(one.expires_at),
        }
        for one in MEMBERS.invitations_of(db(), person_id)
    ]


def _fact(row: TimelineRow, person_id: UUID, names: dict[UUID, str]) -> dict[str, Any]:
    """That it happened, and where; what else it says is not about this person alone."""
    return {
        "at": _instant(row.at),
        "kind": kind(row.name),
        "name": row.name,
        "you": "did it" if row.actor == f"person:{person_id}" else "are named",
        "workspace_id": str(row.workspace_id) if row.workspace_id else None,
        "workspace": names.get(row.workspace_id) if row.workspace_id else None,
    }


def _names_seen_by(person_id: UUID) -> dict[UUID, str]:
    """Of the workspaces that they may see now; others keep their names to themselves."""
    places = ACCESS.places_of(db(), person_id)
    texts = services().vault.texts([(one.workspace_id, one.name_digest) for one in places])
    return {workspace_id: name for (workspace_id, _), name in texts.items()}


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
