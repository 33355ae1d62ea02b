"""Is an export of Heartwood whole, and as it was signed?

Needs Python 3.11 or newer, and nothing of Heartwood, and no network:

    python verify.py EXPORT [--key HEX | --key-file FILE] [--heads FILE] [--history]

EXPORT is the zip or the folder that it was unpacked to. Exit code 0: all is well; 1: something is wrong, and
what comes first is named; 2: this is no export, or the command was wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any
from uuid import UUID

FORMAT = 1
MANIFEST, SIGNATURE, PUBLIC_KEY = "manifest.json", "manifest.sig", "public_key.hex"
EVENTS, PROOFS, EARLIER = "events.jsonl", "proofs.jsonl", "consistency.jsonl"
LINE_BYTES_MAX = 16 * 2**20
MANIFEST_BYTES_MAX = 256 * 2**20
A_EVENT = {
    **{"log": str, "position": int, "append": int, "leaf": int},
    **{"stream": str, "version": int, "topic": str, "state": str},
}
A_PROOF = {"log": str, "leaf": int, "path": list}
AN_EARLIER_HEAD = {"log": str, "size": int, "root": str, "path": list}
A_HEAD = {"log": str, "size": int, "root": str, "at": str, "key_id": str, "signature": str}
A_MANIFEST = {
    **{"format": int, "export_id": str, "workspace_id": str, "trees": list, "made_at": str, "key_id": str},
    **{"heads": list, "events": dict, "leaves_sha256": str, "streams": list, "files": dict},
}
A_STREAM = {"log": str, "stream": str, "events": int, "runs": list}
A_FILE = {"bytes": int, "sha256": str}
A_KEY = re.compile("[0-9a-f]{64}")
Keys = dict[str, bytes]  # by the short id of each
UNREADABLE = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)


class NoExport(Exception):
    """What was given is no export at all."""


class Wrong(Exception):
    """What is wrong with it."""


# Signatures: Ed25519 as RFC 8032 has it, on the curve -x² + y² = 1 + d·x²·y² over the integers modulo P.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]  # X, Y, Z, T: x = X/Z, y = Y/Z, x·y = T/Z


def _add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(factor: int, point: Point) -> Point:
    product: Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            product = _add(product, point)
        point, factor = _add(point, point), factor >> 1
    return product


def _point(packed: bytes) -> Point | None:
    """The point that 32 bytes stand for; None if they stand for none."""
    number = int.from_bytes(packed, "little")
    y, odd = number & (2**255 - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the owner of a public key signed this message."""
    if len(key) != 32 or len(signature) != 64 or BASE is None:
        return False
    public, r = _point(key), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if public is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = _times(s, BASE), _add(r, _times(h, public))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 == (left[1] * right[2] - right[1] * left[2]) % P


# The log: a Merkle tree as RFC 6962 has it, over the leaves of docs/decisions/0006.


def leaf_hash(event: dict[str, Any]) -> bytes:
    topic = _encoded(event["topic"])
    place = _uuid(event["stream"]).bytes + event["version"].to_bytes(8, "big")
    state = _encoded(event["state"])
    return hashlib.sha256(b"\x00" + place + len(topic).to_bytes(4, "big") + topic + state).digest()


def root_of(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """The root that a leaf and its path lead to; None if the path does not fit the place."""
    last, found = size - 1, leaf
    for other in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            found = hashlib.sha256(b"\x01" + other + found).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + other).digest()
        index, last = index >> 1, last >> 1
    return found if last == 0 else None


def extends(old: int, old_root: bytes, new: int, new_root: bytes, path: list[bytes]) -> bool:
    """Whether a path shows that the log with the new root begins with the one that had the old root."""
    if not 0 < old < new:
        return False
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    steps = path if here else [old_root, *path]
    if not steps:
        return False
    of_old = of_new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            of_old = hashlib.sha256(b"\x01" + step + of_old).digest()
            of_new = hashlib.sha256(b"\x01" + step + of_new).digest()
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            of_new = hashlib.sha256(b"\x01" + of_new + step).digest()
        here, last = here >> 1, last >> 1
    return last == 0 and of_old == old_root and of_new == new_root


# Reading: nothing of what is read is trusted to have the shape that it should.


def _bytes(text: Any, length: int) -> bytes:
    """Written in one way only: in small letters, and nothing between them."""
    try:
        found = bytes.fromhex(text)
    except (TypeError, ValueError):
        found = b""
    if len(found) != length or found.hex() != text:
        raise Wrong(f"{str(text)[:80]!r} is not {length} bytes in hexadecimal digits")
    return found


def _encoded(text: str) -> bytes:
    """As it was read: a byte that is no part of a character is one again."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise Wrong("there are half characters in it") from None


def _uuid(text: str) -> UUID:
    try:
        found = UUID(text)
    except ValueError:
        raise Wrong(f"{text[:80]!r} is no id") from None
    if str(found) != text:
        raise Wrong(f"{text[:80]!r} is no id as it should be written")
    return found


def shaped(value: Any, shape: dict[str, type], what: str) -> dict[str, Any]:
    """An object with just these fields, of just these types; numbers count something."""
    if not isinstance(value, dict) or value.keys() != shape.keys():
        raise Wrong(f"{what} has other fields than {', '.join(shape)}")
    for name, kind in shape.items():
        if type(value[name]) is not kind or (kind is int and not 0 <= value[name] < 2**63):
            raise Wrong(f"{what} has something else in “{name}” than it should")
    return value


def parsed(text: bytes, shape: dict[str, type], what: str) -> dict[str, Any]:
    try:
        return shaped(json.loads(text.decode("utf-8", "surrogateescape")), shape, what)
    except (ValueError, RecursionError):
        raise Wrong(f"{what} is no JSON") from None


class Export:
    """The files of an export, in a zip or in a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.zip = None if path.is_dir() else zipfile.ZipFile(path)
            self.names = self.zip.namelist() if self.zip else [one.name for one in path.iterdir()]
        except UNREADABLE as error:
            raise NoExport(f"{path} is no export: {error}") from None
        if MANIFEST not in self.names:
            raise NoExport(f"{path} is no export: there is no {MANIFEST} in it")

    @contextmanager
    def file(self, name: str) -> Iterator[IO[bytes]]:
        if self.names.count(name) != 1:
            raise Wrong(f"{name} is missing, or there more than once")
        try:
            with self.zip.open(name) if self.zip else (self.path / name).open("rb") as file:
                yield file
        except UNREADABLE as error:
            raise Wrong(f"{name} cannot be read: {error}") from None

    def whole(self, name: str, bytes_max: int = 4_096) -> bytes:
        with self.file(name) as file:
            return file.read(bytes_max)

    def lines(self, name: str) -> Iterator[bytes]:
        with self.file(name) as file:
            while line := file.readline(LINE_BYTES_MAX):
                yield line

    def digest(self, name: str) -> dict[str, Any]:
        found, length = hashlib.sha256(), 0
        with self.file(name) as file:
            while chunk := file.read(2**20):
                found.update(chunk)
                length += len(chunk)
        return {"bytes": length, "sha256": found.hexdigest()}


# Verifying: each part says what is wrong with it, and the next part is looked at all the same.


def check_signatures(export: Export, manifest: dict[str, Any], keys: Keys) -> Iterator[str]:
    signature = _bytes(export.whole(SIGNATURE).decode("ascii", "replace").strip(), 64)
    text = b"heartwood manifest 1\n" + export.whole(MANIFEST, MANIFEST_BYTES_MAX)
    if wrong := why_not_signed(keys, manifest["key_id"], text, signature):
        yield f"{MANIFEST} {wrong}"
    for log, head in heads_of(manifest).items():
        if wrong := why_no_head(keys, head):
            yield f"the head of the log {log} {wrong}"


def why_not_signed(keys: Keys, key_id: str, text: bytes, signature: bytes) -> str | None:
    if key_id not in keys:
        return f"names the key {key_id[:80]}, which is not what was given: {', '.join(keys)}"
    return None if signed(keys[key_id], text, signature) else "was changed after it was signed"


def why_no_head(keys: Keys, head: dict[str, Any]) -> str | None:
    told = "".join(f"{head[name]}\n" for name in ("log", "size", "root", "at"))
    text = b"heartwood head 1\n" + _encoded(told)
    return why_not_signed(keys, head["key_id"], text, _bytes(head["signature"], 64))


def heads_of(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    heads = [shaped(head, A_HEAD, "a head in manifest.json") for head in manifest["heads"]]
    return {head["log"]: head for head in heads}


def check_files(export: Export, manifest: dict[str, Any]) -> Iterator[str]:
    for name, meant in manifest["files"].items():
        shaped(meant, A_FILE, f"manifest.json on {name!r}")
        try:
            if export.digest(name) != meant:
                yield f"{name} is not the file that manifest.json names: its length or SHA-256 differs"
        except Wrong as wrong:
            yield str(wrong)
    for name in EVENTS, PROOFS, EARLIER:
        if name not in manifest["files"]:
            yield f"{name} is not named by manifest.json"


class Walk:
    """One walk along the events and their proofs, in order, up to the first that is not as it should be."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self.heads = heads_of(manifest)
        self.meant = manifest
        self.order = list(self.heads)
        self.counts = dict.fromkeys(self.heads, 0)
        self.leaves = hashlib.sha256()
        self.before: tuple[int, int, int] = (-1, -1, -1)  # log, leaf, position
        self.to_come: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for one in manifest["streams"]:
            shaped(one, A_STREAM, "a stream in manifest.json")
            self.to_come[one["log"], one["stream"]] = _runs(one["runs"])[::-1]

    def check(self, export: Export) -> None:
        pairs = zip_longest(export.lines(EVENTS), export.lines(PROOFS))
        for number, (line, proof_line) in enumerate(pairs, 1):
            proof = parsed(proof_line, A_PROOF, f"{PROOFS} line {number}") if proof_line else None
            if line is None:
                assert proof is not None
                raise Wrong(f"{EVENTS} ends before its line {number}: the event at {_leaf(proof)} is missing")
            event = parsed(line, A_EVENT, f"{EVENTS} line {number}")
            try:
                self.one(event, proof)
            except Wrong as wrong:
                raise Wrong(f"{EVENTS} line {number}, {_named(event)}: {wrong}") from None
        self.end()

    def one(self, event: dict[str, Any], proof: dict[str, Any] | None) -> None:
        if event["log"] not in self.heads:
            raise Wrong(f"there is no head of the log {event['log']!r}")
        here = (self.order.index(event["log"]), event["leaf"], event["position"])
        if proof is None:
            raise Wrong("there is no proof for it; it was added, or its proof is missing")
        if (proof["log"], proof["leaf"]) != (event["log"], event["leaf"]):
            raise Wrong(
                f"the next proof is of {_leaf(proof)}; an event is missing, added or not in its place"
            )
        if here[:2] <= self.before[:2] or (here[0] == self.before[0] and here[2] <= self.before[2]):
            raise Wrong("it does not come after the event before it")
        leaf, head = leaf_hash(event), self.heads[event["log"]]
        path = [_bytes(step, 32) for step in proof["path"]]
        if root_of(leaf, event["leaf"], head["size"], path) != _bytes(head["root"], 32):
            raise Wrong("it is not what was recorded there: its proof does not lead to the signed head")
        self._take_version(event)
        self.before = here
        self.counts[event["log"]] += 1
        self.leaves.update(leaf)

    def _take_version(self, event: dict[str, Any]) -> None:
        """A stream that the manifest does not list holds one event."""
        place, version = (event["log"], event["stream"]), event["version"]
        runs = self.to_come.get(place, [(1, 1)])
        if not runs or version != runs[-1][0]:
            due = f"version {runs[-1][0]} is" if runs else "no more are"
            raise Wrong(f"of its stream, {due} to come here, not version {version}")
        if place in self.to_come:
            first, last = runs.pop()
            runs += [(first + 1, last)] if first < last else []

    def end(self) -> None:
        for (log, stream), runs in self.to_come.items():
            if runs:
                raise Wrong(f"version {runs[-1][0]} of the stream {stream} of the log {log} is missing")
        if self.counts != self.meant["events"]:
            raise Wrong(f"{self.counts} events are there, and manifest.json says {self.meant['events']}")
        if self.leaves.hexdigest() != self.meant["leaves_sha256"]:
            raise Wrong("the leaves of all events together are not those of manifest.json")


def _runs(given: list[Any]) -> list[tuple[int, int]]:
    """Versions of a stream that follow each other, each run as its first and its last."""
    for run in given:
        if type(run) is not list or [type(one) for one in run] != [int, int] or not 0 < run[0] <= run[1]:
            raise Wrong("a stream in manifest.json has versions that cannot be")
    return [(first, last) for first, last in given]


def _leaf(proof: dict[str, Any]) -> str:
    return f"leaf {proof['leaf']} of the log {proof['log']}"


def _named(event: dict[str, Any]) -> str:
    place = f"position {event['position']} of the log {event['log']}"
    return f"the event {event['topic']} at {place} ({event['stream']}, version {event['version']})"


def known_roots(export: Export, manifest: dict[str, Any]) -> dict[tuple[str, int], str]:
    """By log and size: of our heads, and of those whose logs ours are shown to begin with."""
    heads = heads_of(manifest)
    found = {(log, head["size"]): head["root"] for log, head in heads.items()}
    for number, line in enumerate(export.lines(EARLIER), 1):
        one = parsed(line, AN_EARLIER_HEAD, f"{EARLIER} line {number}")
        path, root = [_bytes(step, 32) for step in one["path"]], _bytes(one["root"], 32)
        ours = heads.get(one["log"])
        if not ours or not extends(one["size"], root, ours["size"], _bytes(ours["root"], 32), path):
            raise Wrong(f"{EARLIER} line {number} does not lead to the head of its log")
        found[one["log"], one["size"]] = one["root"]
    return found


def check_kept(export: Export, path: Path | None, manifest: dict[str, Any], keys: Keys) -> Iterator[str]:
    """Heads that somebody kept: the logs were then what ours begin with."""
    roots, compared = known_roots(export, manifest), 0
    if path is None:
        return
    for number, line in enumerate(_kept(path), 1):
        head = parsed(line, A_HEAD, f"{path} line {number}")
        root = roots.get((head["log"], head["size"]))
        if root is None:
            continue
        compared += 1
        if wrong := why_no_head(keys, head):
            yield f"{path} line {number}: that head {wrong}"
        elif head["root"] != root:
            yield f"{path} line {number}: the log {head['log']} had another root at {head['size']} events"
    if not compared:
        yield f"{path} has no head that this export tells of, so nothing could be compared"


def _kept(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while line := file.readline(LINE_BYTES_MAX):
                yield line
    except OSError as error:
        raise NoExport(f"{path} cannot be read: {error}") from None


def problems_of(export: Export, keys: Keys | None, kept: Path | None) -> Iterator[str]:
    try:
        manifest = manifest_of(export)
        keys = keys or keys_inside(export)
    except Wrong as wrong:
        yield str(wrong)
        return
    for check in (
        check_signatures(export, manifest, keys),
        check_files(export, manifest),
        check_kept(export, kept, manifest, keys),
        check_events(export, manifest),
    ):
        try:
            yield from check
        except Wrong as wrong:
            yield str(wrong)


def check_events(export: Export, manifest: dict[str, Any]) -> Iterator[str]:
    Walk(manifest).check(export)
    yield from ()


def manifest_of(export: Export) -> dict[str, Any]:
    manifest = parsed(export.whole(MANIFEST, MANIFEST_BYTES_MAX), A_MANIFEST, MANIFEST)
    if manifest["format"] != FORMAT:
        raise Wrong(f"{MANIFEST} is of format {manifest['format']}; this program knows {FORMAT} only")
    return manifest


def keys_in(text: str) -> Keys:
    """By their short ids. They stand alone, or each behind its id; older ones may be listed, too."""
    keys = [bytes.fromhex(word) for word in text.split() if A_KEY.fullmatch(word)]
    return {hashlib.sha256(key).hexdigest()[:16]: key for key in keys}


def keys_inside(export: Export) -> Keys:
    return keys_in(export.whole(PUBLIC_KEY).decode("ascii", "replace"))


def keys_given(options: argparse.Namespace) -> Keys | None:
    if options.key is None and options.key_file is None:
        return None
    kept = b"" if options.key_file is None else b"".join(_kept(options.key_file))
    found = keys_in(options.key or kept.decode("ascii", "replace"))
    if not found:
        raise NoExport("That is no public key: 64 hexadecimal digits are meant.")
    return found


# Telling.


def say(text: str, file: IO[str] | None = None) -> None:
    """What is read may hold anything: a terminal is shown what is printable, and of the rest its number."""
    shown = (one if one.isprintable() else ascii(one)[1:-1] for one in text)
    print("".join(shown).encode("ascii", "backslashreplace").decode(), file=file)


def tell_history(export: Export) -> None:
    """Every event in words of its own: when, what, who, and its fields as they were recorded."""
    for line in export.lines(EVENTS):
        event = parsed(line, A_EVENT, EVENTS)
        try:
            fields = json.loads(event["state"])
            at, actor = fields.pop("timestamp"), fields.pop("actor")
            told = ", ".join(f"{name}={json.dumps(value)}" for name, value in fields.items())
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
            at, actor, told = "?", "?", ascii(event["state"])
        place = f"{event['log']} {event['position']}"
        say(f"{at}  {place:>16}  {event['topic']}  by {actor}  {told}")


def tell(manifest: dict[str, Any], keys: Keys, given: bool) -> None:
    heads = heads_of(manifest)
    say(f"All is well with the export {manifest['export_id']} of the workspace {manifest['workspace_id']}.")
    for log, count in manifest["events"].items():
        head = heads[log]
        say(f"  {log}: {count} events, each in the log of {head['size']} whose head was signed {head['at']}")
    say(f"  Leaves of all events together: {manifest['leaves_sha256']}")
    say(f"  Signed with the key {manifest['key_id']}: {keys[manifest['key_id']].hex()}")
    if not given:
        say(
            "NOTE: this key came with the export itself, so this shows that the export is whole, and not who"
            " made it. Give the key that you have by other means: --key HEX or --key-file FILE."
        )


def asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    here = Path(__file__).resolve().parent
    parser.add_argument("export", nargs="?", type=Path, default=here, help="the zip, or its folder")
    key = parser.add_mutually_exclusive_group()
    key.add_argument("--key", help="the public key, as you have it by other means")
    key.add_argument("--key-file", type=Path, help="a file with the public key")
    parser.add_argument("--heads", type=Path, help="heads that you kept earlier, one a line")
    parser.add_argument("--history", action="store_true", help="print what happened, once all is well")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    options = asked(arguments)
    try:
        given = keys_given(options)
        export = Export(options.export)
        found = False
        for problem in problems_of(export, given, options.heads):
            say(f"{'And' if found else 'WRONG'}: {problem}.")
            found = True
    except NoExport as error:
        say(str(error), sys.stderr)
        return 2
    if found:
        return 1
    tell(manifest_of(export), given or keys_inside(export), given is not None)
    if options.history:
        tell_history(export)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BrokenPipeError:  # whoever reads what is printed has had enough of it
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:
        say(f"WRONG: it cannot be verified: {error!r}.")
        sys.exit(1)
