"""Templates of an agency: structures that it keeps, from which it starts its workspaces.

All of an agency's are one stream, so that two who save one at once never go above the limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from eventsourcing.domain import CanMutateAggregate

from domain.because import Because
from domain.ids import stream_of_templates
from domain.recorded import Recorded
from domain.refusals import Refusal, Refused, Unknown
from domain.structure import Structure
from domain.tree import Tree

TEMPLATES_MAX = 20  # of an agency


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is known of a template; the structure itself lies in the vault, under the anchor."""

    name_digest: str
    source_id: UUID  # the workspace whose structure it is
    structure_digest: str
    number: int  # how often it was saved


@dataclass(frozen=True, kw_only=True)
class FromTemplate:
    """A template as a workspace is to get it: with every text sealed under that workspace."""

    template_id: UUID
    structure: Structure


class Template(Recorded):
    # State.

    def __init__(self, workspace_id: UUID, tree_id: UUID) -> None:
        self.anchor_id = workspace_id
        self.tree_id = tree_id
        self.kept: dict[UUID, Kept] = {}
        self.made: set[UUID] = set()  # every one there ever was
        self.started: dict[UUID, UUID] = {}  # which template a workspace started from last

    # Facts, each with its consequence. Their names and fields are for ever.

    class Event(Recorded.Event):
        workspace_id: UUID  # the anchor
        tree_id: UUID

    class Begun(Event, Recorded.Created):
        """Recorded with the first template of an agency."""

    class Saved(Event):
        template_id: UUID
        number: int
        name_digest: str
        source_id: UUID
        structure_digest: str
        agents: int
        knowledge_bases: int
        documents: int
        actions: int

        def apply(self, template: Template) -> None:
            template.made.add(self.template_id)
            template.kept[self.template_id] = Kept(
                name_digest=self.name_digest,
                source_id=self.source_id,
                structure_digest=self.structure_digest,
                number=self.number,
            )

    class Started(Event):
        template_id: UUID
        number: int
        name_digest: str  # of the template then
        child_id: UUID

        def apply(self, template: Template) -> None:
            template.started[self.child_id] = self.template_id

    class Deleted(Event):
        template_id: UUID
        name_digest: str

        def apply(self, template: Template) -> None:
            del template.kept[self.template_id]

    # Commands. Each one decides, and records at most one fact.

    @classmethod
    def begin(cls, tree: Tree, *, because: Because) -> Self:
        return cls._begin(
            cls.Begun, stream_of_templates(tree.id), because, workspace_id=tree.anchor_id, tree_id=tree.id
        )

    def keep(
        self,
        template_id: UUID,
        *,
        name_digest: str,
        source_id: UUID,
        structure_digest: str,
        structure: Structure,
        because: Because,
    ) -> None:
        """A new one, or one that is there as it is to be from now on; the same once more is none."""
        before = self.kept.get(template_id)
        if before is None and template_id in self.made:
            return
        said = {"name_digest": name_digest, "source_id": source_id, "structure_digest": structure_digest}
        number = 1 if before is None else before.number + 1
        if before is not None and Kept(**said, number=before.number) == before:  # type: ignore[arg-type]
            return
        if before is None and len(self.kept) >= TEMPLATES_MAX:
            raise Refused(Refusal.LIMIT_REACHED)
        self._note(
            self.Saved,
            because,
            template_id=template_id,
            number=number,
            agents=len(structure.agents),
            knowledge_bases=len(structure.knowledge),
            documents=structure.documents,
            actions=len(structure.actions),
            **said,
        )

    def start(self, template_id: UUID, child_id: UUID, *, because: Because) -> None:
        found = self.one(template_id)
        if self.started.get(child_id) == template_id:
            return
        self._note(
            self.Started,
            because,
            template_id=template_id,
            number=found.number,
            name_digest=found.name_digest,
            child_id=child_id,
        )

    def delete(self, template_id: UUID, *, because: Because) -> None:
        """What was started from it stays as it is."""
        if template_id in self.kept or template_id not in self.made:
            name_digest = self.one(template_id).name_digest
            self._note(self.Deleted, because, template_id=template_id, name_digest=name_digest)

    # Rules. Questions about the present, with no effect on it.

    def one(self, template_id: UUID) -> Kept:
        found = self.kept.get(template_id)
        if found is None:
            raise Unknown(f"Template {template_id}")
        return found

    def _note(self, fact: type[CanMutateAggregate[UUID]], because: Because, **fields: Any) -> None:
        self.record(fact, because, workspace_id=self.anchor_id, tree_id=self.tree_id, **fields)
