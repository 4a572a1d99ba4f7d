"""How the program speaks in its logs: readable in a terminal, JSON elsewhere, people masked."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_NORTH_AMERICAN = r"(?:\+?\d{1,3}[\s.-]?)?\(?\d{3}\)?[\s.-]?\d{3}[\s.-]?\d{4}"
_PHONE = re.compile(rf"(?<![\w-])(?:\+\d{{8,15}}|{_NORTH_AMERICAN})\b")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_PASSWORD = re.compile(r"(://[^:/\s]+:)[^@\s]+@")
_UNMASKED = frozenset({"timestamp", "level", "logger", "contact_id", "location_id"})


def mask(text: str) -> str:
    """Hide phone numbers (last two digits stay), e-mail addresses and passwords in addresses."""
    text = _PASSWORD.sub(r"\1***@", text)
    text = _EMAIL.sub("***@***", text)
    return _PHONE.sub(lambda match: "***" + match.group()[-2:], text)


def _mask_event(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and key not in _UNMASKED:
            event[key] = mask(value)
    return event


def configure_logging(style: str = "auto", *, level: int = logging.INFO) -> None:
    """Send structlog and the standard library's logs to standard error, in *style* `auto`, `console` or `json`."""
    as_json = style == "json" or (style == "auto" and not sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Formatted here, without local variables, so that masking sees it: a local may be what a lead wrote.
    shared.append(structlog.processors.format_exc_info)
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    renderer: Any = structlog.processors.JSONRenderer() if as_json else console
    structlog.configure(
        processors=[*shared, _mask_event, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, _mask_event],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "alembic", "procrastinate", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers[:] = []
        logging.getLogger(name).propagate = True
