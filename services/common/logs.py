"""Structured logs on standard error: one event a line, JSON for machines or columns for people."""

import logging
import sys
from typing import Final

import structlog

from services.common.unfailing_file import unfailing

# Who reads the log may be slow, but must not hold up calls.
_PATIENCE_SECONDS: Final = 0.2


def configure_logs(*, level: str, form: str, service: str) -> None:
    """Send structlog's events, and the standard library's warnings, to standard error.

    What can't be written there fails nobody, whoever writes to `sys.stderr`; how much it was is said once it can be.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.
        form: ``json``, ``console``, or ``auto``: console on a terminal, json elsewhere.
        service: name that every event carries.

    """
    sys.stderr, file = unfailing(sys.stderr, _PATIENCE_SECONDS)
    threshold = logging.getLevelNamesMapping()[level.upper()]
    as_console = form == "console" or (form == "auto" and sys.stderr.isatty())
    # Tracebacks stay plain: the pretty ones print local variables, which may be somebody's face.
    renderers: list[structlog.typing.Processor]
    if as_console:
        plain = structlog.dev.plain_traceback
        renderers = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    else:
        renderers = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *renderers,
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        # A line is one write, and is there whole or not at all.
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    lost = structlog.wrap_logger(
        structlog.ReturnLogger(), processors, structlog.make_filtering_bound_logger(logging.NOTSET)
    )
    file.notice = lambda lines: str(
        lost.warning("log_lines_lost", lines=lines, message=f"{lines:,} lines could not be written.")
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(stream=sys.stderr, level=max(threshold, logging.WARNING), format="%(name)s: %(message)s")
