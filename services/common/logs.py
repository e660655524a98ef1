"""Structured logs on standard error: one event a line, JSON for machines or columns for people."""

import logging
import sys

import structlog


def configure_logs(*, level: str, form: str, service: str) -> None:
    """Send structlog's events, and the standard library's warnings, to standard error.

    Args:
        level: ``debug``, ``info``, ``warning`` or ``error``.
        form: ``json``, ``console``, or ``auto``: console on a terminal, json elsewhere.
        service: name that every event carries.

    """
    threshold = logging.getLevelNamesMapping()[level.upper()]
    as_console = form == "console" or (form == "auto" and sys.stderr.isatty())
    # Tracebacks stay plain: the pretty ones print local variables, which may be somebody's face.
    renderers: list[structlog.typing.Processor]
    if as_console:
        plain = structlog.dev.plain_traceback
        renderers = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    else:
        renderers = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *renderers,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.basicConfig(stream=sys.stderr, level=max(threshold, logging.WARNING), format="%(name)s: %(message)s")
