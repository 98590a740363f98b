"""Reading the product's own OpenAPI document."""

from collections.abc import Iterator
from typing import Any

NESTED = ("items", "additionalProperties", "allOf", "oneOf", "anyOf", "schema")


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation), the method in lower case."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def fields(schema: dict[str, Any], part: Any, seen: frozenset[str] = frozenset()) -> Iterator[tuple[str, Any]]:
    """Every field of ``part``, a body or an answer, however deep, with what is said of it."""
    if isinstance(part, list):
        for each in part:
            yield from fields(schema, each, seen)
    if not isinstance(part, dict):
        return
    name = str(part.get("$ref", "")).rpartition("/")[2]
    if name and name not in seen:
        yield from fields(schema, schema["components"]["schemas"][name], seen | {name})
    for field, told in part.get("properties", {}).items():
        yield field, told
        yield from fields(schema, told, seen)
    for media in part.get("content", {}).values():
        yield from fields(schema, media, seen)
    for key in NESTED:
        yield from fields(schema, part.get(key), seen)


def example(operation: dict[str, Any]) -> dict[str, Any]:
    """The first body that the document gives for ``operation``; {} for none."""
    media = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    values = [each["value"] for each in media.get("examples", {}).values()]
    return dict(values[0]) if values and isinstance(values[0], dict) else {}
