"""Structured logs: one JSON object a line in production, readable lines on a developer's machine."""

from typing import Any

import structlog

from numerai.common.tracing import without_message, without_words

SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

QUIETER = {
    # Django's own request log repeats ours and prints query strings, which may hold personal data.
    "django.request": "CRITICAL",
    "django.server": "WARNING",
    "uvicorn": "WARNING",
    "celery": "WARNING",
    "celery.apps.worker": "INFO",
    # It quotes the messages of errors; ``task_failed`` is ours.
    "celery.app.trace": "CRITICAL",
    "kombu": "ERROR",
    "stripe": "WARNING",
    # It names credentials, which tell one person from another.
    "fido2": "WARNING",
}

# Local variables hold passwords and names inside the text of objects, where no scrubber finds them. Who is signed in is
# not sent unless an option asks for it, and naming that option is deprecated.
SENTRY_OPTIONS: dict[str, Any] = {
    "max_request_body_size": "never",
    "include_local_variables": False,
    "before_send": without_words,
}

# One list for every call: a logger keeps the one it was first used with, and what is captured is captured there.
PROCESSORS: list[Any] = [
    structlog.stdlib.filter_by_level,
    *SHARED_PROCESSORS,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]


def logging_config(*, level: str, style: str) -> dict[str, Any]:
    """The ``LOGGING`` dict for ``style`` "json" or "console"; configures structlog to feed the same handlers."""
    structlog.configure(
        processors=PROCESSORS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, pad_level=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED_PROCESSORS,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    without_message,
                    renderer,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {logger: {"level": threshold} for logger, threshold in QUIETER.items()},
    }
