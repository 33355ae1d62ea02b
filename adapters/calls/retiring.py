"""Retiring: what was said on calls is destroyed when the time is over for which a workspace keeps it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from adapters.each import failures
from adapters.postgres.database import Database
from adapters.vault import Vault
from domain.agency import Agency
from domain.because import Because
from domain.retention import retires_before

AT_ONCE = 1_000  # calls of which the texts go in one round
ROUNDS_MAX = 200  # of one workspace in one run; what is left comes with the next one
TOLD_LATE = timedelta(days=91)  # a call may be told so long after it began

# Whether a text is still there the vault knows; its digest stays in the fact.
WITH_TEXTS = """
    SELECT c.started_at, array_agg(d.digest) AS digests
      FROM calls c CROSS JOIN LATERAL unnest(ARRAY[c.details_digest, c.end_details_digest]) AS d (digest)
      JOIN vault_entries v ON v.subject_id = c.workspace_id AND v.entry = 'text:' || d.digest
     WHERE c.workspace_id = %(workspace_id)s AND c.started_at < %(until)s
       AND (c.started_at >= %(since)s OR %(since)s::timestamptz IS NULL)
     GROUP BY c.started_at, c.call_id ORDER BY c.started_at, c.call_id LIMIT %(limit)s
"""


class Kept(Protocol):
    """How long a workspace keeps what was said on calls."""

    @property
    def workspace_id(self) -> UUID: ...
    @property
    def days(self) -> int: ...
    @property
    def retired_until(self) -> datetime | None: ...


class NotRetired(Exception):
    """Of some workspaces it could not be done; of all the others it was."""


class Retiring:
    """`kept_after` names the workspaces that have calls, page by page."""

    def __init__(
        self,
        database: Database,
        agency: Agency,
        vault: Vault,
        clock: Callable[[], datetime],
        *,
        kept_after: Callable[[UUID], Sequence[Kept]],
    ) -> None:
        self.database = database
        self.agency = agency
        self.vault = vault
        self.clock = clock
        self.kept_after = kept_after

    def retire_texts(self) -> None:
        """What fails in one workspace is no matter of the others."""
        because = Because.of_tick("call texts", self.clock())
        last, failed = UUID(int=0), 0
        while page := self.kept_after(last):
            failed += failures(
                page,
                lambda kept: self._retire(kept, because),
                lambda kept: f"texts of calls of workspace {kept.workspace_id} could not be destroyed",
            )
            last = page[-1].workspace_id
        if failed:
            raise NotRetired(f"texts of calls of {failed} workspaces could not be destroyed")

    def _retire(self, kept: Kept, because: Because) -> None:
        """Round by round; how far it came is a fact, once, if anything went."""
        until, gone = retires_before(kept.days, because.at), False
        since = kept.retired_until - TOLD_LATE if kept.retired_until else None
        for _ in range(ROUNDS_MAX):
            due = self._due(kept.workspace_id, since, until)
            self.vault.forget_texts(kept.workspace_id, [one for row in due for one in row["digests"]])
            gone = gone or bool(due)
            if len(due) < AT_ONCE:
                break
            since = due[-1]["started_at"]
        else:
            until = since or until
        if gone:
            self.agency.note_texts_retired(kept.workspace_id, until, because=because)

    def _due(self, workspace_id: UUID, since: datetime | None, until: datetime) -> list[dict[str, Any]]:
        asked = {"workspace_id": workspace_id, "since": since, "until": until, "limit": AT_ONCE}
        with self.database.connection() as db:
            return db.execute(WITH_TEXTS, asked).fetchall()
