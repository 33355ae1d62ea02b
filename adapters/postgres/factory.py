"""How the event-sourcing library comes by its connections: with every word of the conninfo, TLS included."""

from __future__ import annotations

from eventsourcing.postgres import PostgresFactory
from eventsourcing.utils import Environment, EnvType
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from adapters.postgres.recorder import AppendingRecorder

CONNINFO = "CONNINFO"
# The library insists on these five, and knows no others.
PLACEHOLDERS = dict.fromkeys(
    ("POSTGRES_DBNAME", "POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_USER", "POSTGRES_PASSWORD"), "unused"
)


class ConninfoFactory(PostgresFactory):
    application_recorder_class = AppendingRecorder

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        conninfo = self.env.get(CONNINFO)
        assert conninfo, "a log is opened with the conninfo of its database"
        words = conninfo_to_dict(conninfo)
        options = f"{words.get('options', '')} -c lock_timeout={self.datastore.lock_timeout}s".strip()
        self.datastore.pool.kwargs = {**words, "options": options, "row_factory": dict_row}
