"""Logs of all processes: JSON lines on standard output."""

import logging

import structlog

from raidbot.settings import LogLevel


def prepare_logs(level: LogLevel) -> None:
    """Write JSON lines to standard output, from this level on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
    )
