"""Deployments: on whose pages do the agents of a workspace meet people, as widgets?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.rows import class_row

from domain.deployment import Deployment
from domain.fact import Fact
from domain.workspace import Workspace
from projections.projection import Db, Projection, Writes, on


@dataclass(frozen=True, kw_only=True)
class DeploymentRow:
    deployment_id: UUID
    workspace_id: UUID
    agent_id: UUID
    name_digest: str
    allowed_origins: list[str]
    enabled: bool
    by_suspension: bool  # off for as long as the customer is suspended
    created_at: datetime

    @property
    def state(self) -> str:
        if self.enabled:
            return "enabled"
        return "suspended" if self.by_suspension else "disabled"


class Deployments(Projection):
    name = "deployments"
    logs = ("agency",)
    tables = {
        "deployments": """
            deployment_id   uuid PRIMARY KEY,
            workspace_id    uuid NOT NULL,
            agent_id        uuid NOT NULL,
            name_digest     text NOT NULL,
            allowed_origins text[] NOT NULL,
            enabled         boolean NOT NULL,
            by_suspension   boolean NOT NULL,
            created_at      timestamptz NOT NULL
        """,
    }
    indexes = {"deployments_workspace": "deployments (workspace_id)"}
    needed = frozenset({"deployments_workspace"})

    # Questions.

    def in_workspace(self, db: Db, workspace_id: UUID) -> list[DeploymentRow]:
        """In the order in which they came; the plan says how many there are at most."""
        found = db.cursor(row_factory=class_row(DeploymentRow)).execute(
            "SELECT * FROM deployments WHERE workspace_id = %s ORDER BY created_at, deployment_id",
            (workspace_id,),
        )
        return found.fetchall()

    def one(self, db: Db, deployment_id: UUID) -> DeploymentRow | None:
        """Whoever's it is: the page that shows a widget knows nothing but its id."""
        found = db.cursor(row_factory=class_row(DeploymentRow)).execute(
            "SELECT * FROM deployments WHERE deployment_id = %s", (deployment_id,)
        )
        return found.fetchone()

    # What each fact changes.

    @on(Deployment.Created)
    def created(self, db: Writes, fact: Fact, event: Deployment.Created) -> None:
        db.execute(
            "INSERT INTO deployments VALUES (%s, %s, %s, %s, %s, true, false, %s)",
            (
                event.deployment_id,
                event.workspace_id,
                event.agent_id,
                event.name_digest,
                list(event.allowed_origins),
                event.timestamp,
            ),
        )

    @on(Deployment.Renamed)
    def renamed(self, db: Writes, fact: Fact, event: Deployment.Renamed) -> None:
        db.execute(
            "UPDATE deployments SET name_digest = %s WHERE deployment_id = %s",
            (event.name_digest, event.deployment_id),
        )

    @on(Deployment.OriginsSet)
    def origins_set(self, db: Writes, fact: Fact, event: Deployment.OriginsSet) -> None:
        db.execute(
            "UPDATE deployments SET allowed_origins = %s WHERE deployment_id = %s",
            (list(event.allowed_origins), event.deployment_id),
        )

    @on(Deployment.Enabled)
    def enabled(self, db: Writes, fact: Fact, event: Deployment.Enabled) -> None:
        self._switch(db, event.deployment_id, enabled=True, by_suspension=False)

    @on(Deployment.Disabled)
    def disabled(self, db: Writes, fact: Fact, event: Deployment.Disabled) -> None:
        self._switch(db, event.deployment_id, enabled=False, by_suspension=event.by_suspension)

    @on(Deployment.Removed)
    def removed(self, db: Writes, fact: Fact, event: Deployment.Removed) -> None:
        db.execute("DELETE FROM deployments WHERE deployment_id = %s", (event.deployment_id,))

    @on(Workspace.Deleted, Workspace.Closed)
    def deleted(self, db: Writes, fact: Fact, event: Workspace.Deleted | Workspace.Closed) -> None:
        db.execute("DELETE FROM deployments WHERE workspace_id = %s", (fact.stream,))

    def _switch(self, db: Writes, deployment_id: UUID, *, enabled: bool, by_suspension: bool) -> None:
        db.execute(
            "UPDATE deployments SET enabled = %s, by_suspension = %s WHERE deployment_id = %s",
            (enabled, by_suspension, deployment_id),
        )
