import traceback
from typing import Any


def places(error: BaseException) -> dict[str, str]:
    """What a log may say of an unexpected error: its type and where it came from. Its message may quote what a person
    typed, or a secret."""
    return {
        "exception": f"{type(error).__module__}.{type(error).__qualname__}",
        "traceback": "".join(traceback.format_tb(error.__traceback__)),
    }


def without_message(_: Any, __: str, line: Any) -> Any:
    """For the log, in place of structlog's own: an error that came with a line, as ``places`` tells it."""
    error = line.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    return line | places(error) if isinstance(error, BaseException) else line


def without_words(event: Any, _: Any) -> Any:
    """Sentry's ``before_send``: what happened and where, without anything that may quote a person: the messages of
    errors, headers and query of the request, the arguments of log lines, what was said before."""
    for error in event.get("exception", {}).get("values", []):
        error["value"] = ""
    if "request" in event:
        event["request"] = {"method": event["request"].get("method")}
    if "logentry" in event:
        event["logentry"] = {"message": event["logentry"].get("message")}
    crumbs = event.get("breadcrumbs", {}).get("values", [])
    event["breadcrumbs"] = {
        "values": [{"timestamp": crumb["timestamp"], "category": crumb["category"]} for crumb in crumbs]
    }
    return event
