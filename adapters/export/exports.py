"""Exports: what belongs to a workspace, as a zip that anybody can verify without us."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any
from uuid import UUID

from psycopg.rows import DictRow

from adapters.export.belonging import Belonging
from adapters.export.zipped import Zipped
from adapters.postgres.database import Database
from adapters.postgres.logs import AGENCY, LOGS, METERING
from adapters.postgres.outbox import Entry
from adapters.proof import tables
from adapters.proof.heads import Heads
from adapters.proof.signing import Signing
from domain.agency import Agency
from domain.because import Because
from domain.export import Export, Holding
from domain.merkle import consistency
from domain.signed_head import SignedHead, key_id_of
from domain.tiles import subtree

FORMAT = 1
EARLIER_MAX = 1_000  # heads of each log, the newest
AT_ONCE_MAX = 2  # of one process: whoever fetches slowly keeps a thread busy
SIGNED_AS = b"heartwood manifest 1\n"
HERE = Path(__file__).parent
COLUMNS = ("log", "position", "leaf", "at", "actor", "topic", "stream", "version", "cause", "story", "fields")


class Exports:
    """They are asked for and fetched in the web, and made by the worker: it signs."""

    def __init__(
        self,
        agency: Agency,
        database: Database,
        signing: Signing,
        heads: Heads,
        clock: Callable[[], datetime],
    ) -> None:
        self.agency = agency
        self.database = database
        self.signing = signing
        self.heads = heads
        self.clock = clock
        self._room = BoundedSemaphore(AT_ONCE_MAX)

    def file_name(self, workspace_id: UUID, at: datetime) -> str:
        return f"heartwood-export-{str(workspace_id)[:8]}-{at:%Y-%m-%d}.zip"

    def carry_out(self, entry: Entry) -> None:
        """Errand of who asked for one."""
        asked = self.agency.fact(entry.stream, entry.version)
        because = Because(actor=asked.actor, cause=asked.cause, story=asked.story, at=self.clock())
        self.make(entry.stream, because=because.following(entry.stream, entry.version))

    def make(self, export_id: UUID, *, because: Because) -> Export:
        """Of all that is there by now; it is signed first."""
        export = self.agency.export(export_id)
        if export.holding is not None:
            return export
        return self.agency.make_export(export_id, self._holding(export.workspace_id), because=because)

    def _holding(self, workspace_id: UUID) -> Holding:
        heads = self.heads.sign_all()
        sizes = {log: heads[log].size if log in heads else 0 for log in LOGS}
        leaves, events = hashlib.sha256(), 0
        for _, page in Belonging(self.database, workspace_id, sizes).listed():
            leaves.update(b"".join(row["leaf_hash"] for row in page))
            events += len(page)
        return Holding(
            events=events,
            leaves_sha256=leaves.hexdigest(),
            agency_size=sizes[AGENCY],
            metering_size=sizes[METERING],
        )

    def zipped(self, made: Export) -> Fetched | None:
        """The zip, part by part; None while there is no room for one more. It is the same each time."""
        parts = Writing(self.database, self.signing, made).parts()
        return Fetched(parts, self._room) if self._room.acquire(blocking=False) else None


class Fetched(Iterator[bytes]):
    """Its place is free for another when it is closed, also if nobody fetched anything of it."""

    def __init__(self, parts: Iterator[bytes], room: BoundedSemaphore) -> None:
        self.parts = parts
        self.room: BoundedSemaphore | None = room

    def __next__(self) -> bytes:
        try:
            return next(self.parts)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        room, self.room = self.room, None
        if room:
            room.release()

    __del__ = close  # whoever forgot it


class Writing:
    """One export. Its facts are read three times, a page at a time, and never kept."""

    def __init__(self, database: Database, signing: Signing, made: Export) -> None:
        self.database = database
        self.signing = signing
        self.made = made
        self.key_id = key_id_of(signing.public_key())
        assert made.holding, "what is to be in it is known"
        self.holding = made.holding
        sizes = {AGENCY: made.holding.agency_size, METERING: made.holding.metering_size}
        self.belonging = Belonging(database, made.workspace_id, sizes)
        self.heads = [self._head(log, size) for log, size in self.belonging.sizes.items()]
        self.events = dict.fromkeys(self.belonging.sizes, 0)
        self.runs: dict[tuple[str, UUID], list[list[int]]] = {}

    def parts(self) -> Iterator[bytes]:
        zipped = Zipped(self.made.created_on)
        yield from zipped.add("README.txt", [(HERE / "README.txt").read_bytes()])
        yield from zipped.add("verify.py", [(HERE / "verify.py").read_bytes()])
        yield from zipped.add("public_key.hex", [self._public_keys()])
        yield from zipped.add("heads.jsonl", [f"{head.line()}\n".encode() for head in self.heads])
        yield from zipped.add("consistency.jsonl", self._earlier())
        yield from zipped.add("events.jsonl", self._events())
        yield from zipped.add("proofs.jsonl", self._proofs())
        yield from zipped.add("events.csv", self._table())
        manifest = json.dumps(self._manifest(zipped), indent=1).encode()
        yield from zipped.add("manifest.json", [manifest])
        key_id, signature = self.signing.sign(SIGNED_AS + manifest)
        assert key_id == self.key_id, "the key was exchanged meanwhile; the export is to be made again"
        yield from zipped.add("manifest.sig", [f"{signature.hex()}\n".encode()])
        yield from zipped.end()

    # The files.

    def _public_keys(self) -> bytes:
        """Of who signs now, and of who signed the heads."""
        known = self.signing.public_keys()
        ids = [self.key_id, *(head.key_id for head in self.heads)]
        return "".join(f"{one} {known[one].hex()}\n" for one in dict.fromkeys(ids) if one in known).encode()

    def _earlier(self) -> Iterator[bytes]:
        """How the logs of earlier heads are what those of ours begin with."""
        for head in self.heads:
            with self.database.reading() as db:
                known = [one for one in tables.heads_of(db, head.log) if one.size < head.size]
                hashes = subtree(cache(tables.tile_in(db, head.log)))
                yield _lines(
                    {
                        "log": one.log,
                        "size": one.size,
                        "root": one.root.hex(),
                        "path": [step.hex() for step in consistency(one.size, head.size, hashes)],
                    }
                    for one in known[-EARLIER_MAX:]
                )

    def _events(self) -> Iterator[bytes]:
        for log, page in self.belonging.stored():
            there = [row for row in page if row["state"] is not None]
            for row in there:
                self._count(log, row)
            yield _lines(_event(log, row) for row in there)

    def _proofs(self) -> Iterator[bytes]:
        for log, page in self.belonging.listed():
            leaves = [row["leaf"] for row in page]
            with self.database.reading() as db:
                paths = tables.paths(db, log, leaves, self.belonging.sizes[log])
            yield _lines(
                {"log": log, "leaf": leaf, "path": [one.hex() for one in paths[leaf]]} for leaf in leaves
            )

    def _table(self) -> Iterator[bytes]:
        yield _rows([COLUMNS])
        for log, page in self.belonging.stored():
            yield _rows(_cells(log, row) for row in page if row["state"] is not None)

    def _manifest(self, zipped: Zipped) -> dict[str, Any]:
        made = self.made
        return {
            "format": FORMAT,
            "export_id": str(made.id),
            "workspace_id": str(made.workspace_id),
            "trees": [str(tree_id) for tree_id in self.belonging.trees],
            "made_at": f"{made.created_on:%Y-%m-%dT%H:%M:%S.%fZ}",
            "key_id": self.key_id,
            "heads": [head.plain() for head in self.heads],
            "events": self.events,
            "leaves_sha256": self.holding.leaves_sha256,
            "streams": [
                {"log": log, "stream": str(stream), "events": sum(b - a + 1 for a, b in runs), "runs": runs}
                for (log, stream), runs in self.runs.items()
            ],
            "files": zipped.files,
        }

    # What is counted on the way.

    def _count(self, log: str, row: DictRow) -> None:
        """A stream of the other log holds one fact, and there are as many as facts: they are not listed."""
        self.events[log] += 1
        version = row["originator_version"]
        if log != AGENCY and version == 1:
            return
        runs = self.runs.setdefault((log, row["originator_id"]), [])
        if runs and runs[-1][1] == version - 1:
            runs[-1][1] = version
        else:
            runs.append([version, version])

    def _head(self, log: str, size: int) -> SignedHead:
        with self.database.reading() as db:
            head = tables.head_at(db, log, size)
        assert head, "an export is made of signed heads only"
        return head


def _event(log: str, row: DictRow) -> dict[str, Any]:
    return {
        "log": log,
        "position": row["position"],
        "append": row["append"],
        "leaf": row["leaf"],
        "stream": str(row["originator_id"]),
        "version": row["originator_version"],
        "topic": row["topic"],
        "state": bytes(row["state"]).decode(errors="surrogateescape"),
    }


def _lines(objects: Iterable[dict[str, Any]]) -> bytes:
    """A character that is none (its fact was changed in the store) is written so that it can be read back."""
    lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in objects)
    return "".join(lines).encode("utf-8", "surrogateescape")


def _cells(log: str, row: DictRow) -> tuple[Any, ...]:
    try:
        fields = json.loads(bytes(row["state"]))
        because = [fields.pop(name) for name in ("timestamp", "actor", "cause", "story")]
    except (ValueError, KeyError, AttributeError):  # its fact was changed in the store
        fields, because = None, [None] * 4
    at, actor, cause, story = because
    stream, version = row["originator_id"], row["originator_version"]
    told = json.dumps(fields, ensure_ascii=False)
    return log, row["position"], row["leaf"], at, actor, row["topic"], stream, version, cause, story, told


def _rows(rows: Iterable[Iterable[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8", "surrogateescape")
