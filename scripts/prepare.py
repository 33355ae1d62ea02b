"""What does the database hold before the first request? The schema, and once the demo."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from adapters.postgres.server import EmbeddedServer
from scripts.bootstrap import step
from scripts.cannot_start import CannotStart
from scripts.data_directory import DataDirectory
from scripts.given_database import holds_tables

BEGUN, WRITTEN = "begun", "written"


def demo_is_wanted(directory: DataDirectory, database: str, server: EmbeddedServer | None) -> bool:
    """Only into an empty database; half a demo of an interrupted start is taken away first."""
    state = directory.demo_states().get(database)
    if state == BEGUN and server is None:
        raise CannotStart(
            f"A start was interrupted while it wrote the demo into {database}."
            " Empty that database, name another in DATABASE_URL, or use --no-demo."
        )
    if state == BEGUN and server is not None:
        server.empty_database()
        shutil.rmtree(directory.stripe, ignore_errors=True)
    return state != WRITTEN


def prepare(
    directory: DataDirectory,
    environ: Mapping[str, str],
    *,
    database: str,
    server: EmbeddedServer | None,
    demo: bool,
) -> bool:
    """Make schema and demo as far as they are missing; tell whether the demo is there."""
    # Imported only now: a refusal to start should not wait for half the house to load.
    from adapters.postgres.schema import Unsuitable
    from scripts import wiring
    from scripts.settings import settings as settings_of

    write_demo = demo and demo_is_wanted(directory, database, server)
    if write_demo and holds_tables(environ["HEARTWOOD_DATABASE"]):
        print(f"{database} is in use already, so the demo is not written into it.", flush=True)
        write_demo = False
    if write_demo:
        directory.note_demo(database, BEGUN)
    settings = settings_of(environ)
    with step("Making the schema"):
        try:
            wiring.create_schema(settings)
        except Unsuitable as error:
            raise CannotStart(f"{error}.") from error
    if write_demo:
        from scripts import demo as story

        with step("Writing the demo"):
            story.seed(settings)
        directory.note_demo(database, WRITTEN)
    return directory.demo_states().get(database) == WRITTEN
