"""Lists: newest first, filtered, cut by cursors."""

from collections.abc import Callable
from typing import Any

from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import invalid, no_such
from dev.local_stripe.api.routes import Call
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

LIST_PARAMS = "limit starting_after ending_before"
BOUNDS: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}


def within(value: int, condition: Any) -> bool:
    """Whether a timestamp meets a list filter: an exact number or gt, gte, lt, lte."""
    if isinstance(condition, int):
        return value == condition
    return all(BOUNDS[name](value, bound) for name, bound in condition.items())


def matches(document: Document, params: Params, names: str) -> bool:
    """Whether the document's fields equal those of the named filters that were given."""
    return all(document.get(name) == params[name] for name in names.split() if name in params)


def answer(url: str, data: list[Document], *, has_more: bool = False) -> Document:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def page(
    world: World, call: Call, kind: str, url: str, keep: Callable[[Document], bool] = lambda document: True
) -> Document:
    created = call.params.get("created")
    found = [
        document
        for document in reversed(world.all(kind))
        if not document.get("_deleted") and (created is None or within(document["created"], created)) and keep(document)
    ]
    # Newest first; the sort is stable, so what was made in the same second keeps the order of making.
    found.sort(key=lambda document: -document["created"])
    chosen, has_more = cut(found, call.params, kind)
    return answer(url, [world.render(kind, document) for document in chosen], has_more=has_more)


def cut(found: list[Document], params: Params, kind: str) -> tuple[list[Document], bool]:
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("Invalid limit: must be between 1 and 100", param="limit")
    if "ending_before" in params:
        before = found[: _position(found, params["ending_before"], kind, "ending_before")]
        return before[-limit:], len(before) > limit
    start = 0
    if "starting_after" in params:
        start = _position(found, params["starting_after"], kind, "starting_after") + 1
    return found[start : start + limit], len(found) > start + limit


def _position(found: list[Document], identifier: str, kind: str, param: str) -> int:
    for position, document in enumerate(found):
        if document["id"] == identifier:
            return position
    raise no_such(kind, identifier, status=400, param=param)
