"""Agents: which voice agents live in a workspace, how are they set up, and what have they been told?"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from psycopg.rows import class_row

from domain.agent import Agent, AgentStatus
from domain.agent_settings import AgentSettings
from domain.fact import Fact
from domain.knowledge import KnowledgeBase
from domain.workspace import Workspace
from projections.agent_rows import AgentRow, PromptRow
from projections.projection import Db, Projection, Writes, on

AGENTS_MAX = 500  # in a list; more than any plan has room for
SETTINGS = tuple(AgentSettings.__dataclass_fields__)


class Agents(Projection):
    name = "agents"
    logs = ("agency",)
    tables = {
        "agents": """
            agent_id               uuid PRIMARY KEY,
            workspace_id           uuid NOT NULL,
            tree_id                uuid,
            name_digest            text NOT NULL,
            status                 text NOT NULL,
            suspended              boolean NOT NULL,
            prompt_number          integer NOT NULL,
            prompt_digest          text,
            settings_number        integer NOT NULL,
            language               text NOT NULL,
            voice                  text NOT NULL,
            model                  text NOT NULL,
            temperature_hundredths integer NOT NULL,
            max_call_seconds       integer NOT NULL,
            record_calls           boolean NOT NULL,
            greeting_digest        text,
            timezone               text NOT NULL,
            created_at             timestamptz NOT NULL,
            changed_at             timestamptz NOT NULL
        """,
        "agent_prompts": """
            agent_id      uuid NOT NULL,
            workspace_id  uuid NOT NULL,
            number        integer NOT NULL,
            digest        text NOT NULL,
            characters    integer NOT NULL,
            restored_from integer,
            written_by    text NOT NULL,
            written_at    timestamptz NOT NULL,
            PRIMARY KEY (agent_id, number)
        """,
        "agent_knowledge": """
            agent_id          uuid NOT NULL,
            workspace_id      uuid NOT NULL,
            knowledge_base_id uuid NOT NULL,
            PRIMARY KEY (agent_id, knowledge_base_id)
        """,
        "agent_actions": """
            agent_id     uuid NOT NULL,
            workspace_id uuid NOT NULL,
            action_id    uuid NOT NULL,
            PRIMARY KEY (agent_id, action_id)
        """,
    }
    indexes = {
        "agents_workspace": "agents (workspace_id)",
        "agents_tree": "agents (tree_id)",
        "agent_prompts_workspace": "agent_prompts (workspace_id)",
        "agent_knowledge_workspace": "agent_knowledge (workspace_id)",
        "agent_actions_workspace": "agent_actions (workspace_id)",
        "agent_knowledge_base": "agent_knowledge (knowledge_base_id)",
    }
    needed = frozenset(indexes) - {"agents_tree"}

    # Questions.

    def in_workspace(self, db: Db, workspace_id: UUID) -> list[AgentRow]:
        """In the order in which they were made."""
        found = db.cursor(row_factory=class_row(AgentRow)).execute(
            "SELECT * FROM agents WHERE workspace_id = %s ORDER BY created_at, agent_id LIMIT %s",
            (workspace_id, AGENTS_MAX),
        )
        return found.fetchall()

    def active_in_workspaces(self, db: Db, workspace_ids: Collection[UUID]) -> dict[UUID, int]:
        """How many are active in each of them that has any."""
        rows = db.execute(
            "SELECT workspace_id, count(*) AS agents FROM agents"
            " WHERE workspace_id = ANY(%s) AND status = %s GROUP BY workspace_id",
            (list(workspace_ids), AgentStatus.ACTIVE.value),
        )
        return {row["workspace_id"]: row["agents"] for row in rows}

    def one_in_workspace(self, db: Db, workspace_id: UUID, agent_id: UUID) -> AgentRow | None:
        found = db.cursor(row_factory=class_row(AgentRow)).execute(
            "SELECT * FROM agents WHERE workspace_id = %s AND agent_id = %s", (workspace_id, agent_id)
        )
        return found.fetchone()

    def prompts_in_workspace(
        self, db: Db, workspace_id: UUID, agent_id: UUID, *, before: int | None = None, limit: int
    ) -> list[PromptRow]:
        """The newest version first; of those before a number, if one is given."""
        found = db.cursor(row_factory=class_row(PromptRow)).execute(
            "SELECT * FROM agent_prompts WHERE workspace_id = %s AND agent_id = %s"
            " AND (%s::integer IS NULL OR number < %s) ORDER BY number DESC LIMIT %s",
            (workspace_id, agent_id, before, before, limit),
        )
        return found.fetchall()

    def prompt_in_workspace(
        self, db: Db, workspace_id: UUID, agent_id: UUID, number: int
    ) -> PromptRow | None:
        found = db.cursor(row_factory=class_row(PromptRow)).execute(
            "SELECT * FROM agent_prompts WHERE workspace_id = %s AND agent_id = %s AND number = %s",
            (workspace_id, agent_id, number),
        )
        return found.fetchone()

    def knowledge_in_workspace(self, db: Db, workspace_id: UUID, agent_id: UUID) -> list[UUID]:
        rows = db.execute(
            "SELECT knowledge_base_id AS id FROM agent_knowledge WHERE workspace_id = %s AND agent_id = %s"
            " ORDER BY 1",
            (workspace_id, agent_id),
        )
        return [row["id"] for row in rows]

    def attached_in_workspace(self, db: Db, workspace_id: UUID) -> list[tuple[UUID, UUID]]:
        """Each knowledge base that an agent answers from, and the agent."""
        rows = db.execute(
            "SELECT knowledge_base_id, agent_id FROM agent_knowledge WHERE workspace_id = %s ORDER BY 1, 2",
            (workspace_id,),
        )
        return [(row["knowledge_base_id"], row["agent_id"]) for row in rows]

    def actions_in_workspace(self, db: Db, workspace_id: UUID, agent_id: UUID) -> list[UUID]:
        rows = db.execute(
            "SELECT action_id AS id FROM agent_actions WHERE workspace_id = %s AND agent_id = %s ORDER BY 1",
            (workspace_id, agent_id),
        )
        return [row["id"] for row in rows]

    # What each fact changes.

    @on(Agent.Created)
    def created(self, db: Writes, fact: Fact, event: Agent.Created) -> None:
        chosen = AgentSettings().chosen()
        settings = [chosen[name] for name in SETTINGS]
        places = ", ".join(["%s"] * len(SETTINGS))
        db.execute(
            f"INSERT INTO agents VALUES (%s, %s, %s, %s, %s, false, 0, NULL, 0, {places}, %s, %s)",
            (
                fact.stream,
                event.workspace_id,
                event.tree_id,
                event.name_digest,
                AgentStatus.PAUSED.value,
                *settings,
                event.timestamp,
                event.timestamp,
            ),
        )

    @on(Agent.Renamed)
    def renamed(self, db: Writes, fact: Fact, event: Agent.Renamed) -> None:
        db.execute(
            "UPDATE agents SET name_digest = %s, changed_at = %s WHERE agent_id = %s",
            (event.name_digest, event.timestamp, fact.stream),
        )

    @on(Agent.PromptWritten)
    def prompt_written(self, db: Writes, fact: Fact, event: Agent.PromptWritten) -> None:
        db.execute(
            "INSERT INTO agent_prompts VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            (
                fact.stream,
                event.workspace_id,
                event.number,
                event.digest,
                event.characters,
                event.restored_from,
                event.actor,
                event.timestamp,
            ),
        )
        db.execute(
            "UPDATE agents SET prompt_number = %s, prompt_digest = %s, changed_at = %s WHERE agent_id = %s",
            (event.number, event.digest, event.timestamp, fact.stream),
        )

    @on(Agent.Configured)
    def configured(self, db: Writes, fact: Fact, event: Agent.Configured) -> None:
        new = ", ".join(f"{name} = %s" for name in SETTINGS)
        db.execute(
            f"UPDATE agents SET settings_number = %s, {new}, changed_at = %s WHERE agent_id = %s",
            (event.number, *(getattr(event, name) for name in SETTINGS), event.timestamp, fact.stream),
        )

    @on(Agent.Activated)
    def activated(self, db: Writes, fact: Fact, event: Agent.Activated) -> None:
        self._stand(db, fact, event, AgentStatus.ACTIVE, suspended=False)

    @on(Agent.Paused)
    def paused(self, db: Writes, fact: Fact, event: Agent.Paused) -> None:
        self._stand(db, fact, event, AgentStatus.PAUSED, suspended=event.by_suspension)

    @on(Agent.KnowledgeAttached)
    def knowledge_attached(self, db: Writes, fact: Fact, event: Agent.KnowledgeAttached) -> None:
        db.execute(
            "INSERT INTO agent_knowledge VALUES (%s, %s, %s)",
            (fact.stream, event.workspace_id, event.knowledge_base_id),
        )

    @on(Agent.KnowledgeDetached)
    def knowledge_detached(self, db: Writes, fact: Fact, event: Agent.KnowledgeDetached) -> None:
        db.execute(
            "DELETE FROM agent_knowledge WHERE agent_id = %s AND knowledge_base_id = %s",
            (fact.stream, event.knowledge_base_id),
        )

    @on(KnowledgeBase.Deleted)
    def knowledge_gone(self, db: Writes, fact: Fact, event: KnowledgeBase.Deleted) -> None:
        db.execute("DELETE FROM agent_knowledge WHERE knowledge_base_id = %s", (fact.stream,))

    @on(Agent.ActionAttached)
    def action_attached(self, db: Writes, fact: Fact, event: Agent.ActionAttached) -> None:
        db.execute(
            "INSERT INTO agent_actions VALUES (%s, %s, %s)",
            (fact.stream, event.workspace_id, event.action_id),
        )

    @on(Agent.ActionDetached)
    def action_detached(self, db: Writes, fact: Fact, event: Agent.ActionDetached) -> None:
        db.execute(
            "DELETE FROM agent_actions WHERE agent_id = %s AND action_id = %s",
            (fact.stream, event.action_id),
        )

    @on(Agent.Deleted)
    def deleted(self, db: Writes, fact: Fact, event: Agent.Deleted) -> None:
        self._remove(db, "agent_id", fact.stream)

    @on(Workspace.BecameAnchor, Workspace.Adopted)
    def joined_tree(self, db: Writes, fact: Fact, event: Workspace.BecameAnchor | Workspace.Adopted) -> None:
        db.execute("UPDATE agents SET tree_id = %s WHERE workspace_id = %s", (event.tree_id, fact.stream))

    @on(Workspace.Downgraded)
    def left_tree(self, db: Writes, fact: Fact, event: Workspace.Downgraded) -> None:
        db.execute("UPDATE agents SET tree_id = NULL WHERE workspace_id = %s", (fact.stream,))

    @on(Workspace.Deleted, Workspace.Closed)
    def workspace_gone(self, db: Writes, fact: Fact, event: Workspace.Deleted | Workspace.Closed) -> None:
        self._remove(db, "workspace_id", fact.stream)

    def _stand(
        self,
        db: Writes,
        fact: Fact,
        event: Agent.Activated | Agent.Paused,
        status: AgentStatus,
        *,
        suspended: bool,
    ) -> None:
        db.execute(
            "UPDATE agents SET status = %s, suspended = %s, changed_at = %s WHERE agent_id = %s",
            (status.value, suspended, event.timestamp, fact.stream),
        )

    def _remove(self, db: Writes, key: str, of: UUID) -> None:
        for table in self.tables:
            db.execute(f"DELETE FROM {table} WHERE {key} = %s", (of,))
