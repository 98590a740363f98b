"""How a resource says what it is and which requests it answers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.listing import page
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import Renderer, World

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

    Handlers return stored documents; rendering is done for them.
    """

    def __init__(
        self,
        kind: str,
        url: str,
        *,
        render: Renderer | None = None,
        includes: Mapping[str, Callable[[World, Document], object]] | None = None,
    ) -> None:
        self.kind = kind
        self.url = url
        self.render = render
        self.includes = includes or {}
        self.routes: list[Route] = []

    def on(self, method: str, path: str, params: str, supports: str = "") -> Callable[[Handler], Handler]:
        """Registers the decorated function for a request to `path` below the resource's address."""

        def register(handler: Handler) -> Handler:
            supported = frozenset(supports.split())
            self.routes.append(Route(self.kind, method, self.url + path, handler, params, supported))
            return handler

        return register

    def readable(self, params: str) -> None:
        """Retrieving by id; only of a deleted customer anything is left to read."""
        kept = self.kind == "customer"
        self.on("GET", "/{id}", params)(lambda world, call: (world.get if kept else world.living)(self.kind, call.id))

    def listable(self, params: str, filters: str = "", extra: str = "", keep: Filter | None = None) -> None:
        """Listing: `filters` compare fields of the same name, `extra` parameters are judged by `keep`."""

        def list_all(world: World, call: Call) -> Document:
            def chosen(document: Document) -> bool:
                equal = all(document[name] == call.params.get(name, document[name]) for name in names)
                return equal and (keep is None or keep(world, document, call.params))

            return page(world, call.params, self.kind, self.url, chosen)

        names = filters.split()
        self.on("GET", "", params, f"{filters} {extra} {LIST_PARAMS}")(list_all)
