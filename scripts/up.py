"""Heartwood on this machine: one process tree, from the first step to the last."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from socket import socket
from types import FrameType
from typing import TextIO

from adapters.postgres.embedded.place import CannotRun, server_version, why_not
from adapters.postgres.server import EmbeddedServer, ServerFailed
from scripts.bootstrap import step
from scripts.cannot_start import CannotStart
from scripts.data_directory import DataDirectory, write_json
from scripts.given_database import claimed
from scripts.options import Options, parse, refuse_contradictions
from scripts.outside import refuse_what_leads_nowhere
from scripts.ports import HOST, listen, remembered_port
from scripts.prepare import prepare
from scripts.processes import Ended, ProcessTree, begin_log
from scripts.programs import local_stripe, web, worker
from scripts.ready import facts_for_programs, words_for_people
from scripts.web_database import refuse_if_no_role, web_conninfo

ROOT = Path(__file__).resolve().parent.parent
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
EMBEDDED = "the embedded database"


class Stopped(BaseException):
    """Somebody asked us to end. Not an error, so nothing that mends errors may catch it."""


class StopRequest:
    """The signals that ask us to end.

    The first one raises, to end whatever is going on. Python drops an exception that a signal raises in
    the wrong place, such as a finaliser, so who waits also asks with `raise_if_made`.
    """

    def __init__(self) -> None:
        self.made = False
        for wanted in STOPS:
            if signal.getsignal(wanted) != signal.SIG_IGN or wanted != signal.SIGHUP:  # nohup means it
                signal.signal(wanted, self.receive)

    def receive(self, _number: int, _frame: FrameType | None) -> None:
        if not self.made:
            self.made = True
            raise Stopped

    def raise_if_made(self) -> None:
        if self.made:
            raise Stopped


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    options = parse(arguments)
    stack = ExitStack()
    try:
        stop_request = StopRequest()
        start(options, environ, stack, stop_request).wait()
    except Stopped:
        say("\nStopping Heartwood.")
    except Ended as error:
        say(f"\nHeartwood stops: {error}", sys.stderr)
        return 1
    except (CannotStart, CannotRun, ServerFailed) as error:
        say(f"\nHeartwood cannot start: {error}", sys.stderr)
        return 1
    finally:
        for wanted in STOPS:  # from here on nobody can hurry us into leaving something behind
            signal.signal(wanted, signal.SIG_IGN)
        stack.close()
    say("Heartwood has stopped.")
    return 0


def start(
    options: Options, environ: Mapping[str, str], stack: ExitStack, stop_request: StopRequest
) -> ProcessTree:
    """Refuse first, then change: up to `locked` nothing is made or removed."""
    refuse_contradictions(options, environ)
    refuse_what_leads_nowhere(environ, demo=options.demo)
    directory = DataDirectory(options.data)
    directory.refuse_if_not_ours(fresh=options.fresh)
    directory.refuse_if_running()
    listening = stack.enter_context(listen(options.port))
    given = environ.get("DATABASE_URL")
    database = stack.enter_context(claimed(given)) if given else EMBEDDED
    if given:
        refuse_if_no_role(environ, given)
    if not given and not options.fresh and (reason := why_not(directory.postgres)):
        raise CannotStart(reason)

    stack.enter_context(directory.locked())
    if options.fresh:
        directory.clear()
    directory.mark()
    tree = ProcessTree(directory=ROOT, logs=directory.logs, raise_if_asked_to_stop=stop_request.raise_if_made)
    server = None if given else start_postgres(directory, stack, tree)
    conninfo = server.conninfo if server else str(given)
    settings = settings_for_programs(options, environ, directory, conninfo)
    demo = prepare(directory, settings, database=database, server=server, demo=options.demo)
    makers = server.admin_conninfo if server else conninfo
    webs = web_conninfo(environ if given else {}, directory, owners=conninfo, makers=makers)
    stack.callback(tree.stop)
    start_programs(directory, settings, listening, tree, webs=webs)
    facts = facts_for_programs(settings, demo=demo)
    stack.callback(directory.ready.unlink, missing_ok=True)
    write_json(directory.ready, facts)
    say("\n" + words_for_people(facts))
    return tree


def start_programs(
    directory: DataDirectory, settings: Mapping[str, str], listening: socket, tree: ProcessTree, *, webs: str
) -> None:
    with step("Starting the programs"):
        if url := settings.get("HEARTWOOD_STRIPE_URL"):
            tree.start(local_stripe(settings, port=int(url.rsplit(":", 1)[1]), directory=directory.stripe))
        tree.start(worker(settings))
        tree.start(web(settings, listening=listening, database=webs))
        tree.wait_until_ready()


def start_postgres(directory: DataDirectory, stack: ExitStack, tree: ProcessTree) -> EmbeddedServer:
    log = begin_log(directory.logs / "postgres.log")
    server = EmbeddedServer(directory.postgres, password=directory.secret("postgres"), log=log)
    with step(f"Starting PostgreSQL {'.'.join(server_version().split('.')[:2])}"):
        stack.enter_context(server)
    if server.place.note:
        say(server.place.note)
    assert server.process is not None
    tree.watch("PostgreSQL", server.process, log)
    return server


def settings_for_programs(
    options: Options, environ: Mapping[str, str], directory: DataDirectory, conninfo: str
) -> dict[str, str]:
    """The environment of every program, in the words that `scripts/wiring.py` reads."""
    settings = {
        **environ,
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
        "HEARTWOOD_DATA": str(directory.path),
        "HEARTWOOD_DATABASE": conninfo,
        "HEARTWOOD_URL": f"http://{HOST}:{options.port}",
        "HEARTWOOD_DEMO": "1" if options.demo else "0",
    }
    settings.pop("HEARTWOOD_STRIPE_URL", None)
    if not environ.get("STRIPE_SECRET_KEY"):
        settings["HEARTWOOD_STRIPE_URL"] = f"http://{HOST}:{remembered_port(directory.stripe_port)}"
        settings["STRIPE_SECRET_KEY"] = "sk_test_local"
        settings["STRIPE_WEBHOOK_SECRET"] = "whsec_" + directory.secret("stripe_webhook")
    return settings


def say(words: str, where: TextIO | None = None) -> None:
    try:
        print(words, file=where or sys.stdout, flush=True)
    except OSError:
        pass  # the terminal is gone; what remains to be done does not need it


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
