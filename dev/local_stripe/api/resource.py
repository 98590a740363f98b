"""How a resource says what it is and which requests it answers; lists and fields are read for it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dev.local_stripe.api.contract import Params
from dev.local_stripe.world.errors import invalid, no_such
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import Renderer, World


def set_fields(document: Document, params: Params, names: str) -> None:
    """Copy the named parameters that were given; an empty string clears. Metadata is merged: an empty value
    removes its key, an empty string instead of a hash removes all."""
    for name in names.split():
        if name not in params:
            continue
        given = params[name]
        if name == "metadata":
            merged = {} if given == "" else {**document["metadata"], **given}
            document["metadata"] = {key: value for key, value in merged.items() if value != ""}
        else:
            document[name] = None if given == "" else given


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


LIST_PARAMS = "limit starting_after ending_before created"


@dataclass(frozen=True)
class Call:
    """One request after validation: its typed parameters and the id in its address, if any."""

    params: Params
    id: str = ""


Handler = Callable[[World, Call], Document]
Filter = Callable[[World, Document, Params], bool]


@dataclass(frozen=True)
class Route:
    """`params` names the SDK's TypedDict; `supports` lists the parameters acted upon, nested ones with dots."""

    kind: str
    method: str
    path: str
    handler: Handler
    params: str
    supports: frozenset[str]

    def match(self, method: str, path: str) -> str | None:
        """The id in the address, empty when it has none; None when the route does not answer it."""
        found = re.fullmatch(re.sub(r"\{\w+\}", r"([^/]+)", self.path), path)
        if method != self.method or found is None:
            return None
        return "".join(found.groups())


class Resource:
    """An object type: its routes, how it is rendered, and `includes`, the fields answered only when expanded.

    Handlers return stored documents; rendering is done for them. What a request may hold is read from the SDK's
    parameter types, whose names follow from the kind: `subscription_schedule` has a `SubscriptionScheduleCreateParams`.
    """

    def __init__(
        self,
        kind: str,
        url: str,
        *,
        render: Renderer | None = None,
        includes: Mapping[str, Callable[[World, Document], object]] | None = None,
    ) -> None:
        self.kind, self.url, self.render, self.includes = kind, url, render, includes or {}
        self.routes: list[Route] = []

    def on(self, method: str, path: str, params: str, supports: str = "") -> Callable[[Handler], Handler]:
        """Registers the decorated function for a request to `path` below the resource's address; `params` is the
        middle of the type's name, as in Create."""

        def register(handler: Handler) -> Handler:
            package, _, name = self.kind.rpartition(".")
            of_sdk = f"{package}.{camel(name)}{params}Params".lstrip(".")
            self.routes.append(Route(self.kind, method, self.url + path, handler, of_sdk, frozenset(supports.split())))
            return handler

        return register

    def creates(self, supports: str) -> Callable[[Handler], Handler]:
        return self.on("POST", "", "Create", supports)

    def updates(self, supports: str) -> Callable[[Handler], Handler]:
        return self.on("POST", "/{id}", "Update", supports)

    def deletes(self, supports: str = "") -> Callable[[Handler], Handler]:
        return self.on("DELETE", "/{id}", "Delete", supports)

    def does(self, verb: str, supports: str = "", *, params: str = "") -> Callable[[Handler], Handler]:
        return self.on("POST", f"/{{id}}/{verb}", params or camel(verb), supports)

    def reads(self) -> "Resource":
        """Retrieving by id; only of a deleted customer anything is left to read."""
        kept = self.kind == "customer"
        self.on("GET", "/{id}", "Retrieve")(
            lambda world, call: (world.get if kept else world.living)(self.kind, call.id)
        )
        return self

    def amends(self, fields: str, *events: str) -> "Resource":
        """Updating that sets fields and does nothing else."""

        def update(world: World, call: Call) -> Document:
            document = world.living(self.kind, call.id)
            set_fields(document, call.params, fields)
            return world.put(self.kind, document, *events)

        self.updates(fields)(update)
        return self

    def lists(self, filters: str = "", extra: str = "", keep: Filter | None = None) -> "Resource":
        """Listing: `filters` compare fields of the same name, `extra` parameters are judged by `keep`."""

        def list_all(world: World, call: Call) -> Document:
            def chosen(document: Document) -> bool:
                equal = all(document[name] == call.params.get(name, document[name]) for name in filters.split())
                return equal and (keep is None or keep(world, document, call.params))

            return page(world, call.params, self.kind, self.url, chosen)

        self.on("GET", "", "List", f"{filters} {extra} {LIST_PARAMS}")(list_all)
        return self


def camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
