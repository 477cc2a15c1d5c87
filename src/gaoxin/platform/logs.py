"""Structured logs: one JSON object a line, with the number of the request; secrets are struck out.

Our own events and those of Django and the server pass the same processors, so nothing escapes the striking-out.
"""

from __future__ import annotations

import logging
import logging.config
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

STRUCK = "***"
_SECRET_NAME = re.compile(
    r"passw|secret|token|authorization|cookie|csrf|session_key|api_?key|totp|recovery|otp\b", re.IGNORECASE
)
_SECRET_TEXT = re.compile(r"(?i)((?:bearer|passw(?:or)?d|token|secret)[=:\s]+)([^\s&'\",;]+)")
_URL_PASSWORD = re.compile(r"(://[^/:@\s]+:)[^@/\s]+@")


def strike_secrets(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Strike out values whose name says that they are secret, and secrets inside texts.

    >>> strike_secrets(None, "", {"password": "x", "url": "postgres://a:b@h/d", "n": {"token": "y"}})
    {'password': '***', 'url': 'postgres://a:***@h/d', 'n': {'token': '***'}}
    """
    for name, value in event.items():
        event[name] = STRUCK if _SECRET_NAME.search(name) else _clean(value)
    return event


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _URL_PASSWORD.sub(rf"\1{STRUCK}@", _SECRET_TEXT.sub(rf"\1{STRUCK}", value))
    if isinstance(value, Mapping):
        return {name: STRUCK if _SECRET_NAME.search(str(name)) else _clean(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(inner) for inner in value]
    return value


def logging_configuration(level: str, form: str) -> None:
    """Set up the logs of this process.

    Parameters
    ----------
    level
        ``DEBUG``, ``INFO``, ``WARNING`` or ``ERROR``.
    form
        ``json`` for machines, ``text`` for a terminal.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        strike_secrets,
    ]
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {"django.server": {"level": "WARNING"}, "django.db.backends": {"level": "WARNING"}},
        }
    )
