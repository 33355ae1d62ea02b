"""Whatever is changed in an export is found, and the first event that is not as it was is named."""

from __future__ import annotations

import hashlib
import json
import os
import random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.export import verify
from tests.adapters.export.made import Town, events_of, export_of, files_of, first_wrong, wrong_with

LONG = os.environ.get("HEARTWOOD_LONG") == "1"
FLIPS = 10_000 if LONG else 1_000
RAW_FLIPS = 3_000 if LONG else 100

CONTENT = ("events.jsonl", "proofs.jsonl", "events.csv", "heads.jsonl")

Files = dict[str, bytes]


def lines_of(events: list[dict[str, Any]]) -> bytes:
    lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in events)
    return "".join(lines).encode("utf-8", "surrogateescape")


def bits_of(value: str | int, name: str) -> bytearray:
    if name == "version":
        return bytearray(int(value).to_bytes(8, "big"))
    if name == "stream":
        return bytearray(bytes.fromhex(str(value).replace("-", "")))
    return bytearray(str(value).encode())


def value_of(bits: bytes, name: str) -> str | int:
    if name == "version":
        return int.from_bytes(bits, "big")
    if name == "stream":
        text = bits.hex()
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
    return bits.decode(errors="surrogateescape")


def flipped(event: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """As if one bit of the stored event had been flipped."""
    name = dice.choice(("state", "state", "topic", "stream", "version"))
    bits = bits_of(event[name], name)
    bits[dice.randrange(len(bits))] ^= 1 << dice.randrange(8)
    return event | {name: value_of(bytes(bits), name)}


def test_nothing_is_wrong_with_what_was_exported(sealed: Files) -> None:
    assert wrong_with(sealed) == []


def test_each_flipped_bit_of_a_stored_event_is_found_and_the_event_is_named(sealed: Files) -> None:
    dice, events = random.Random(6), events_of(sealed)

    missed = []
    for _ in range(FLIPS):
        number = dice.randrange(len(events))
        changed = [*events]
        changed[number] = flipped(events[number], dice)
        found = first_wrong(sealed | {"events.jsonl": lines_of(changed)})
        if not found.startswith(f"events.jsonl line {number + 1}"):
            missed.append((events[number], changed[number], found))

    assert missed == []


def test_each_flipped_bit_of_any_file_is_found(sealed: Files) -> None:
    dice = random.Random(7)

    missed = []
    for _ in range(RAW_FLIPS):
        name = dice.choice(sorted(sealed))
        bits = bytearray(sealed[name])
        place = dice.randrange(len(bits))
        bits[place] ^= 1 << dice.randrange(8)
        if not wrong_with(sealed | {name: bytes(bits)}) and bits.strip() != sealed[name].strip():
            missed.append((name, place))

    assert missed == []


def test_an_event_that_was_removed_is_named(sealed: Files) -> None:
    lines, proofs = (sealed[name].splitlines(keepends=True) for name in ("events.jsonl", "proofs.jsonl"))
    events = events_of(sealed)

    for number, event in enumerate(events):
        without = b"".join(lines[:number] + lines[number + 1 :])
        without_both = {
            "events.jsonl": without,
            "proofs.jsonl": b"".join(proofs[:number] + proofs[number + 1 :]),
        }
        alone = first_wrong(sealed | {"events.jsonl": without})
        both = first_wrong(sealed | without_both)

        assert f"leaf {event['leaf']} of the log {event['log']}" in alone
        if event["log"] == "agency":
            assert f"version {event['version']} " in both
        assert both
        assert any("SHA-256 differs" in told for told in wrong_with(sealed | without_both))


def test_events_that_changed_places_are_named(sealed: Files) -> None:
    lines, proofs = (sealed[name].splitlines(keepends=True) for name in ("events.jsonl", "proofs.jsonl"))

    for number in range(len(lines) - 1):
        swapped = b"".join(exchanged(lines, number))
        both = {"events.jsonl": swapped, "proofs.jsonl": b"".join(exchanged(proofs, number))}

        found = first_wrong(sealed | {"events.jsonl": swapped})
        assert found.startswith(f"events.jsonl line {number + 1}, ")
        assert first_wrong(sealed | both).startswith(f"events.jsonl line {number + 1}, ") or (
            first_wrong(sealed | both).startswith(f"events.jsonl line {number + 2}, ")
        )


def exchanged(lines: list[bytes], number: int) -> list[bytes]:
    return [*lines[:number], lines[number + 1], lines[number], *lines[number + 2 :]]


def test_an_event_that_was_added_is_named(sealed: Files) -> None:
    lines, proofs = (sealed[name].splitlines(keepends=True) for name in ("events.jsonl", "proofs.jsonl"))
    events = events_of(sealed)

    for number, event in enumerate(events):
        forged = lines_of([event | {"leaf": event["leaf"] + 1, "state": '{"forged":true}'}])
        for added in (lines[number], forged):
            changed = b"".join([*lines[: number + 1], added, *lines[number + 1 :]])
            found = first_wrong(sealed | {"events.jsonl": changed})
            assert found.startswith(f"events.jsonl line {number + 2}, ")
            twice = b"".join([*proofs[: number + 1], proofs[number], *proofs[number + 1 :]])
            assert first_wrong(sealed | {"events.jsonl": changed, "proofs.jsonl": twice}).startswith(
                f"events.jsonl line {number + 2}, "
            )


def test_a_tail_that_was_cut_off_is_named(sealed: Files) -> None:
    lines, proofs = (sealed[name].splitlines(keepends=True) for name in ("events.jsonl", "proofs.jsonl"))
    events = events_of(sealed)

    for kept in range(len(lines)):
        events_only = first_wrong(sealed | {"events.jsonl": b"".join(lines[:kept])})
        both = {"events.jsonl": b"".join(lines[:kept]), "proofs.jsonl": b"".join(proofs[:kept])}

        missing = events[kept]
        assert f"leaf {missing['leaf']} of the log {missing['log']} is missing" in events_only
        assert first_wrong(sealed | both)
    torn = sealed["events.jsonl"][:-20]
    assert first_wrong(sealed | {"events.jsonl": torn}).startswith(f"events.jsonl line {len(lines)} ")


def test_proofs_of_other_events_are_no_proofs(sealed: Files) -> None:
    proofs = [json.loads(line) for line in sealed["proofs.jsonl"].splitlines()]
    paths = [proof["path"] for proof in proofs]

    for number, proof in enumerate(proofs):
        other = paths[number - 1]
        for path in (other, proof["path"][:-1], [*proof["path"], "0" * 64], []):
            if path == proof["path"]:
                continue
            changed = [*proofs]
            changed[number] = proof | {"path": path}
            found = first_wrong(sealed | {"proofs.jsonl": lines_of(changed)})
            assert found.startswith(f"events.jsonl line {number + 1}, "), path


@pytest.fixture(scope="module")
def later(town: Town, sealed: Files) -> Files:
    """Another export of the same town, some time after the first."""
    town.house.clock.advance(days=1)
    town.house.workspace(town.eve, "One more")
    return files_of(export_of(town.house, town.anchor_id))


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig", *CONTENT])
def test_a_file_of_another_export_is_found(sealed: Files, later: Files, name: str) -> None:
    assert wrong_with(later) == []

    assert wrong_with(sealed | {name: later[name]}) != []


def test_heads_of_another_time_do_not_fit(sealed: Files, later: Files) -> None:
    ours, theirs = (json.loads(files["manifest.json"]) for files in (sealed, later))
    ours["heads"] = theirs["heads"]
    changed = sealed | {"manifest.json": json.dumps(ours, indent=1).encode()}

    found = wrong_with(changed)

    assert "manifest.json was changed after it was signed" in found
    assert first_wrong(changed).startswith("events.jsonl line 1, ")
    ours["heads"][0]["size"] += 1
    told = wrong_with(sealed | {"manifest.json": json.dumps(ours, indent=1).encode()})
    assert "the head of the log agency was changed after it was signed" in told


def test_who_signs_everything_anew_with_a_key_of_their_own_is_found_by_who_knows_ours(sealed: Files) -> None:
    forged = signed_anew(sealed)
    ours = verify.keys_in(sealed["public_key.hex"].decode())

    assert wrong_with(forged) == []  # it is whole in itself, and says that this is all it says
    assert wrong_with(forged, ours)[0].startswith("manifest.json names the key ")


def signed_anew(files: Files) -> Files:
    """By somebody who has changed nothing but who vouches for it."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    key_id = hashlib.sha256(public).hexdigest()[:16]
    manifest = json.loads(files["manifest.json"])
    for head in manifest["heads"]:
        head["key_id"] = key_id
        said = "".join(f"{head[name]}\n" for name in ("log", "size", "root", "at"))
        head["signature"] = key.sign(b"heartwood head 1\n" + said.encode()).hex()
    keys = f"{key_id} {public.hex()}\n".encode()
    manifest["key_id"] = key_id
    manifest["files"]["public_key.hex"] = {"bytes": len(keys), "sha256": hashlib.sha256(keys).hexdigest()}
    text = json.dumps(manifest, indent=1).encode()
    signature = key.sign(b"heartwood manifest 1\n" + text).hex().encode()
    return files | {"public_key.hex": keys, "manifest.json": text, "manifest.sig": signature}
