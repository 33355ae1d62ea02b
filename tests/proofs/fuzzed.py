"""A house behind a real server, and schemathesis asking it whatever the API's document allows and forbids."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from tests.house import BEGINNING, House
from tests.proofs.fuzz_ground import Known

PHASES = ("examples", "coverage", "fuzzing", "stateful")
# Whether valid data is taken depends on what a schema cannot say: the age of an instant, a quota.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
)
CONFIG = f"""\
[checks]
enabled = false
{chr(10).join(f"{check}.enabled = true" for check in CHECKS)}
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 409, 413, 415, 422, 429]

# An event of a batch that is no event has an error of its own, in an answer that is good.
[[operations]]
include-operation-id = "track_batch"
checks.negative_data_rejection.enabled = false

# So has a call of a batch.
[[operations]]
include-operation-id = "tell_calls"
checks.negative_data_rejection.enabled = false
"""
# Half of what is asked is about something that there is; an id by chance never is.
KNOWN = """
[dictionaries."{where}"]
values = {values}

[parameters."{where}"]
dictionary = "{where}"
probability = 0.5
"""
SECONDS_MAX = 1_500


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What came of one run."""

    cases: int
    failures: list[str]
    phases: set[str]  # those that ran
    operations: set[int]  # how many there are, and how many were tested: one number if all were
    taken: set[str]  # the operations that did what was asked at least once
    told: str  # with a curl command for each failure

    @classmethod
    def of(cls, report: dict[str, Any], told: str) -> Asked:
        return cls(
            cases=report["test_cases"]["generated"],
            failures=[f"{each['title']}: {each['operations']}" for each in report["failures"]]
            + [str(each) for each in report["errors"]]
            + ([] if report["stop_reason"] == "completed" else [report["stop_reason"]]),
            phases={
                name.lower().partition(" ")[0]
                for name, phase in report["phases"].items()
                if phase["status"] == "success"
            },
            operations={report["operations"]["total"], report["operations"]["tested"]},
            taken={
                label
                for label, phases in report["valid_rates"].items()
                if any(rate["accepted"] for rate in phases.values())
            },
            told=told,
        )


class Silent(WSGIRequestHandler):
    """Thousands of lines about requests would hide the one that failed."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@contextmanager
def served(house: House) -> Iterator[str]:
    """The address of the house, whose clock runs as ours does."""
    began = time.monotonic()

    def app(environ: Any, start_response: Any) -> Any:
        house.clock.at = BEGINNING + timedelta(seconds=time.monotonic() - began)
        return house.app(environ, start_response)

    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def asked(url: str, key: str, known: Known, directory: Path, *, examples: int, seed: int) -> Asked:
    """Every operation, in all phases, with one key."""
    directory.mkdir()
    there = [KNOWN.format(where=where, values=json.dumps(values)) for where, values in known.items()]
    (directory / "fuzz.toml").write_text("".join([CONFIG, *there]))
    report = directory / "report.json"
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file=fuzz.toml"),
        *("run", f"{url}/openapi.json", f"--header=Authorization: Bearer {key}"),
        *(f"--phases={','.join(PHASES)}", "--mode=all"),
        *(f"--max-examples={examples}", f"--seed={seed}", "--continue-on-failure", "--no-color"),
        *("--generation-database=none", "--generation-allow-x00=true", "--warnings=off"),
        *("--suppress-health-check=all", "--request-timeout=30"),
        *("--report=json", f"--report-json-path={report.name}"),
    ]
    done = subprocess.run(
        command, cwd=directory, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )
    told = done.stdout + done.stderr
    assert report.exists(), told
    return Asked.of(json.loads(report.read_text()), told)
