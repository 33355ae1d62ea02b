"""Drift: in what has a workspace come to differ from the template that it was started from?

Both are compared as plain texts: of what was compared nobody else's digest opens here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from domain.headers import opened
from domain.structure import ActionPart, AgentPart, KnowledgePart, Structure, made_of


class Change(StrEnum):
    ADDED = "added"  # the workspace has it, and the template has not
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True)
class FieldDiffers:
    name: str
    before: str  # in the template
    after: str


@dataclass(frozen=True, kw_only=True)
class Differs:
    """One thing; of a prompt both texts are there, to be shown line by line."""

    thing: str
    name: str
    change: Change
    fields: list[FieldDiffers] = field(default_factory=list)
    prompt: tuple[str, str] | None = None


P = TypeVar("P", AgentPart, KnowledgePart, ActionPart)
Fields = dict[str, str]


def drift(template: Structure, workspace: Structure, workspace_id: UUID) -> list[Differs]:
    """Both with texts in the place of digests, but for those of documents, which are never changed."""
    found: list[Differs] = []
    of_template, of_workspace = _Attached(template), _Attached(workspace)
    for before, after in _pairs(template.agents, workspace.agents, workspace_id):
        here = _differs("agent", before, after, of_template.agent, of_workspace.agent)
        prompts = (before.prompt or "", after.prompt or "") if before and after else ("", "")
        if prompts[0] != prompts[1]:
            here = here or Differs(thing="agent", name=_name(after), change=Change.CHANGED)
            here = replace(here, prompt=prompts)
        if here is not None:
            found.append(here)
    for base, base_now in _pairs(template.knowledge, workspace.knowledge, workspace_id):
        if one := _differs("knowledge base", base, base_now, _base, _base):
            found.append(one)
        if base and base_now:
            found += _documents(base, base_now, workspace_id)
    for action, action_now in _pairs(template.actions, workspace.actions, workspace_id):
        if one := _differs("action", action, action_now, _action, _action):
            found.append(one)
    return found


class _Attached:
    """What agents of a structure say, with what is attached to them by name."""

    def __init__(self, structure: Structure) -> None:
        self.knowledge = {one.key: one.name for one in structure.knowledge}
        self.actions = {one.key: one.asked.name_digest for one in structure.actions}

    def agent(self, part: AgentPart) -> Fields:
        settings = {name: _said(value) for name, value in asdict(part.settings).items()}
        settings["greeting"] = settings.pop("greeting_digest")
        return {
            "name": part.name,
            **settings,
            "knowledge bases": _listed(self.knowledge, part.knowledge),
            "actions": _listed(self.actions, part.actions),
        }


def _base(part: KnowledgePart) -> Fields:
    return {"name": part.name}


def _action(part: ActionPart) -> Fields:
    """Of headers the names only; that a value differs is said, and not what it is."""
    asked = part.asked
    return {
        "name": asked.name_digest,
        "phase": asked.phase.value,
        "method": asked.method,
        "address": asked.url_digest,
        "headers": asked.headers_digest or "",
        "timeout_seconds": _said(asked.timeout_seconds),
        "enabled": _said(part.enabled),
    }


def _documents(before: KnowledgePart, after: KnowledgePart, workspace_id: UUID) -> Iterator[Differs]:
    """A document is never changed: with another text it is another one."""
    same = {made_of(workspace_id, one.key): one for one in before.documents}
    same |= {one.key: one for one in before.documents}
    there = {(one.title, one.bytes) for one in after.documents}
    met = {same[one.key].key for one in after.documents if one.key in same}
    known = {(one.title, one.bytes) for one in before.documents}
    for one in before.documents:
        if one.key not in met and (one.title, one.bytes) not in there:
            yield Differs(thing="document", name=one.title, change=Change.REMOVED)
    for one in after.documents:
        if one.key not in same and (one.title, one.bytes) not in known:
            yield Differs(thing="document", name=one.title, change=Change.ADDED)


def _pairs(
    before: Iterable[P], after: Iterable[P], workspace_id: UUID
) -> Iterator[tuple[P | None, P | None]]:
    """What belongs together: by the id that it was given at the start, or its own, and else by its name."""
    left = {one.key: one for one in after}
    rest: list[P] = []
    for one in before:
        key = next((key for key in (made_of(workspace_id, one.key), one.key) if key in left), None)
        if key is None:
            rest.append(one)
        else:
            yield one, left.pop(key)
    by_name: dict[str, UUID] = {_name(one): key for key, one in reversed(list(left.items()))}
    for one in rest:
        key = by_name.pop(_name(one), None)
        yield one, left.pop(key) if key is not None else None
    for one in left.values():
        yield None, one


def _differs(
    thing: str,
    before: P | None,
    after: P | None,
    fields_before: Callable[[P], Fields],
    fields_after: Callable[[P], Fields],
) -> Differs | None:
    if before is None or after is None:
        change = Change.ADDED if before is None else Change.REMOVED
        return Differs(thing=thing, name=_name(after or before), change=change)
    was, now = fields_before(before), fields_after(after)
    fields = [_field(name, was[name], now[name]) for name in was if was[name] != now[name]]
    return Differs(thing=thing, name=_name(after), change=Change.CHANGED, fields=fields) if fields else None


def _field(name: str, before: str, after: str) -> FieldDiffers:
    if name == "headers":
        before, after = (", ".join(each for each, _ in opened(one)) or "none" for one in (before, after))
        if before == after:
            after = f"{after} (with another value)"
    return FieldDiffers(name=name.replace("_", " "), before=before, after=after)


def _name(part: AgentPart | KnowledgePart | ActionPart | None) -> str:
    if part is None:
        return ""
    return part.asked.name_digest if isinstance(part, ActionPart) else part.name


def _listed(names: Mapping[UUID, str], keys: Iterable[UUID]) -> str:
    return ", ".join(sorted(names[key] for key in keys if key in names)) or "none"


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
