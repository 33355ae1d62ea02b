"""Where is a text still found: in a table, in a dump, in any file, written in whichever way?"""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from adapters.postgres.embedded.place import installed

ALIGNMENTS = 3  # base64 writes a text in as many ways, by what comes before it
TABLES = """
    SELECT table_schema, table_name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema <> 'information_schema' AND
           (table_schema, table_name) NOT IN (('pg_catalog', 'pg_statistic_ext_data')) ORDER BY 1, 2
"""


@cache
def ways(text: str) -> list[bytes]:
    """How a text may stand in a file. Letters are compared in lower case, but not those of base64."""
    found = {text, quote(text), quote(text, safe=""), json.dumps(text)[1:-1], text.encode().hex()}
    plain = [one.lower().encode() for one in found] + [text.lower().encode("utf-16-le")]
    return [*plain, text.lower().encode("utf-16-be")]


@cache
def in_base64(text: str) -> list[bytes]:
    """The middle of it: the ends depend on what stands around."""
    spelled = []
    for before in range(ALIGNMENTS):
        whole = base64.b64encode(b"\0" * before + text.encode()).rstrip(b"=")
        spelled.append(whole[4 * (before > 0) : -2])
    return spelled


def stands_in(content: bytes, texts: Iterable[str]) -> bool:
    lower = content.lower()
    return any(
        any(way in lower for way in ways(text)) or any(way in content for way in in_base64(text))
        for text in texts
    )


def files_with(root: Path, texts: Sequence[str], *, besides: Sequence[Path] = ()) -> list[str]:
    """Every file below, with what leads elsewhere followed."""
    found = []
    for directory, _, names in os.walk(root, followlinks=True):
        here = Path(directory)
        if any(here == one or one in here.parents for one in besides):
            continue
        for path in (here / name for name in names):
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue  # removed meanwhile
            except OSError:
                assert path.is_socket(), path
                continue
            if stands_in(content, texts) or stands_in(name_of(path), texts):
                found.append(str(path.relative_to(root)))
    return sorted(found)


def name_of(path: Path) -> bytes:
    return path.name.encode()


def files_with_bytes(root: Path, wanted: Sequence[bytes]) -> list[str]:
    return sorted(
        str(path.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and any(one in path.read_bytes() for one in wanted)
    )


def tables_with(superusers: str, texts: Sequence[str]) -> list[str]:
    """Every row of every table as text, those of the catalogues and of what is planned by, too."""
    found = []
    with psycopg.connect(superusers) as db:
        for schema, table in db.execute(TABLES).fetchall():
            query = SQL("SELECT t::text FROM {} t").format(Identifier(schema, table))
            rows = "\n".join(text for (text,) in db.execute(query))
            if stands_in(rows.encode(), texts):
                found.append(f"{schema}.{table}")
    return found


def dump(conninfo: str) -> bytes:
    """What pg_dump writes, as the owner runs it."""
    given = conninfo_to_dict(conninfo)
    password = str(given.pop("password"))  # other users of the machine can read a command line
    return subprocess.run(
        [
            installed() / "pginstall" / "bin" / "pg_dump",
            "--enable-row-security",
            f"--dbname={make_conninfo(**given)}",
        ],
        env={**os.environ, "PGPASSWORD": password},
        check=True,
        capture_output=True,
    ).stdout
