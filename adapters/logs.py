"""The log of a program: one JSON object a line, in which no secret and no address of anybody stands."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType
from typing import Any

import structlog
from flask import g, has_request_context

from adapters.redacting import redacted_value

QUIET = ("apscheduler",)  # it tells every beat of every job

log = logging.getLogger("heartwood")


class LineWriter(logging.StreamHandler[Any]):
    """To where the program says what it has to say."""

    def handleError(self, record: logging.LogRecord) -> None:
        """The standard one would write down the record as it is."""
        kind = type(sys.exc_info()[1]).__name__
        sys.stderr.write(f'{{"level": "error", "event": "a line could not be written: {kind}"}}\n')


def configure() -> None:
    """From here on, everything that this program logs, warns of or dies of."""
    handler = LineWriter()
    handler.setFormatter(line_format())
    root = logging.getLogger()
    for before in list(root.handlers):
        root.removeHandler(before)
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _unforeseen
    threading.excepthook = _unforeseen_in_thread
    sys.unraisablehook = _unforeseen_in_passing
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def line_format() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _redact,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
        use_get_message=True,
    )


def _name_request(_: Any, __: str, event: Any) -> Any:
    """Which request it was about, by the id that its answer told."""
    if has_request_context() and (request_id := g.get("request_id")) is not None:
        event["request"] = str(request_id)
    return event


def _redact(_: Any, __: str, event: Any) -> Any:
    return redacted_value(event)


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    _name_request,
]


def _unforeseen(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    log.critical("ended by something unforeseen", exc_info=(kind, error, trace))


def _unforeseen_in_thread(met: threading.ExceptHookArgs) -> None:
    if met.exc_value is not None and not isinstance(met.exc_value, SystemExit):
        log.critical(
            "a thread ended by something unforeseen",
            exc_info=(met.exc_type, met.exc_value, met.exc_traceback),
        )


def _unforeseen_in_passing(met: Any) -> None:
    log.error("%s", met.err_msg or "something was ignored", exc_info=met.exc_value)
