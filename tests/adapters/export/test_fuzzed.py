"""Whatever `verify.py` is given, it says what is wrong in a sentence and an exit code."""

from __future__ import annotations

import io
import json
import os
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

from adapters.export import verify
from tests.adapters.export.made import events_of, files_of, laid_out, wrong_with
from tests.adapters.export.test_tampered import Files, lines_of, signed_anew

ROUNDS = 5_000 if os.environ.get("HEARTWOOD_LONG") == "1" else 150

JUNK: tuple[Any, ...] = (
    *(None, True, -1, 0, 2**63, 10**30, 1.5, "", "x", "\ud800", "\x1b[31m", "0" * 64, "../../etc/passwd"),
    *([], [[]], [1, 2, 3], [[1]], [[2, 1]], [["1", "2"]], {}, {"": None}, {"log": "agency"}),
)


def zipped_of(files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def spoiled(content: bytes, dice: random.Random) -> bytes:
    place, other = sorted(dice.randrange(len(content) + 1) for _ in range(2))
    match dice.randrange(4):
        case 0:
            return content[:place]
        case 1:
            return content[:place] + content[other:]
        case 2:
            return content[:place] + dice.randbytes(dice.randrange(1, 40)) + content[place:]
    changed = bytearray(content)
    for _ in range(dice.randrange(1, 20)):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def places_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something else could stand, at any depth."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inside for place in places_in(one, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    copied = value.copy()
    copied[path[0]] = replaced(value[path[0]], path[1:], by)
    return copied


def told(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    code = verify.main([*map(str, words)])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert (said.out + said.err).isascii()
    assert bool(said.out + said.err)
    return code, said.out + said.err


def test_a_spoiled_zip_is_told_in_words(
    zipped: bytes, sealed: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dice, file = random.Random(1), tmp_path / "export.zip"

    codes = set()
    for _ in range(ROUNDS):
        file.write_bytes(spoiled(zipped, dice))
        code, said = told(capsys, file)
        codes.add(code)
        if code == 0:  # what was spoiled is of the zip and not of the export
            assert files_of(file.read_bytes()) == sealed, said

    assert codes <= {0, 1, 2}
    assert {1, 2} <= codes


def test_what_is_no_export_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dice, file = random.Random(2), tmp_path / "garbage"
    contents = [
        b"",
        b"PK\x03\x04",
        zipped_of({"a": b"b"}),
        *(dice.randbytes(one) for one in range(1, 400, 7)),
    ]

    for content in contents:
        file.write_bytes(content)

        assert told(capsys, file)[0] == 2
    assert told(capsys, file, "--key", "ü" * 64)[0] == 2


@pytest.mark.parametrize("signs", [False, True])
def test_a_manifest_with_anything_in_it_is_told_in_words(sealed: Files, signs: bool) -> None:
    dice, manifest = random.Random(3), json.loads(sealed["manifest.json"])
    places = places_in(manifest)

    for _ in range(ROUNDS):
        changed = replaced(manifest, dice.choice(places), dice.choice(JUNK))
        files = sealed | {"manifest.json": json.dumps(changed).encode()}
        try:
            files = signed_anew(files) if signs else files
        except (TypeError, KeyError, AttributeError, ValueError):
            pass  # so odd that it cannot even be signed

        found = wrong_with(files)

        assert signs or changed == manifest or found
        assert all(isinstance(one, str) for one in found)


@pytest.mark.parametrize("name", ["events.jsonl", "proofs.jsonl", "heads.jsonl"])
def test_lines_with_anything_in_them_are_told_in_words(sealed: Files, name: str) -> None:
    dice = random.Random(4)
    lines = [json.loads(line) for line in sealed[name].splitlines()]

    for _ in range(ROUNDS):
        number = dice.randrange(len(lines))
        changed = [json.dumps(one) for one in lines]
        place = dice.choice(places_in(lines[number]))
        changed[number] = json.dumps(replaced(lines[number], place, dice.choice(JUNK)))
        spoilt = sealed | {name: "".join(f"{line}\n" for line in changed).encode()}

        assert wrong_with(spoilt)


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"[" * 100_000, b'"' * 99, b"\xff\xfe\n", b"{}\n" * 9, b"9" * 5_000, b"null\n"]
)
@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig", "events.jsonl", "proofs.jsonl"])
def test_a_file_of_anything_is_told_in_words(sealed: Files, name: str, line: bytes) -> None:
    assert wrong_with(sealed | {name: line})


def test_a_history_of_anything_is_printed_without_what_a_terminal_would_obey(
    sealed: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody vouches for events that cannot be: they are shown, and do nothing."""
    folder = laid_out(tmp_path / "export", sealed)
    events = events_of(sealed)
    states = (
        "\x1b[2J\x07",
        "null",
        "[]",
        "{}",
        '{"timestamp":1,"actor":[]}',
        "\udcff",
        "9" * 6_000,
        "[" * 9_999,
    )
    odd = [one | {"state": states[number % len(states)]} for number, one in enumerate(events)]
    (folder / "events.jsonl").write_bytes(lines_of(odd))

    verify.tell_history(verify.Export(folder))

    said = capsys.readouterr().out
    assert said.isascii()
    assert said.replace("\n", "").isprintable()
    assert len(said.splitlines()) == len(events)
