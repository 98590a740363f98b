"""Lists: newest first, filtered, cut by cursors."""

from collections.abc import Callable
from typing import Any

from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import invalid, no_such
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

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


def answer(url: str, data: list[Document], *, has_more: bool = False) -> Document:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def page(world: World, params: Params, kind: str, url: str, keep: Callable[[Document], bool]) -> Document:
    def fits(document: Document) -> bool:
        return within(document["created"], params.get("created", {})) and keep(document)

    found = [document for document in reversed(world.all(kind)) if not document.get("_deleted")]
    # Newest first; the sort is stable, so what was made in the same second keeps the order of making.
    found.sort(key=lambda document: -document["created"])
    chosen, has_more = cut(found, params, kind, fits)
    return answer(url, [world.render(kind, document) for document in chosen], has_more=has_more)


def cut(
    found: list[Document], params: Params, kind: str, fits: Callable[[Document], bool] = lambda _: True
) -> tuple[list[Document], bool]:
    """The page that limit and cursors ask for, and whether more follows in that direction. A cursor need not fit
    itself: `ending_before` a delivered event lists the undelivered ones after it."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("Invalid limit: must be between 1 and 100", param="limit")
    if "ending_before" in params:
        end = _position(found, params["ending_before"], kind, "ending_before")
        before = [document for document in found[:end] if fits(document)]
        return before[-limit:], len(before) > limit
    start = 0
    if "starting_after" in params:
        start = _position(found, params["starting_after"], kind, "starting_after") + 1
    after = [document for document in found[start:] if fits(document)]
    return after[:limit], len(after) > limit


def _position(found: list[Document], identifier: str, kind: str, param: str) -> int:
    for position, document in enumerate(found):
        if document["id"] == identifier:
            return position
    raise no_such(kind, identifier, status=400, param=param)
