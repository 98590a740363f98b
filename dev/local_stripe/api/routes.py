"""How a resource says what it is and which requests it answers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dev.local_stripe.api.contract import Params
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import Renderer, World


@dataclass(frozen=True)
class Call:
    """One request after validation: its typed parameters and the id in its address, if any."""

    params: Params
    id: str = ""


Handler = Callable[[World, Call], Document]


@dataclass(frozen=True)
class Route:
    """`params` names the SDK's TypedDict; `supports` lists the parameters acted upon, nested ones with dots."""

    method: str
    path: str
    handler: Handler
    params: str
    supports: str = ""

    @property
    def supported(self) -> frozenset[str]:
        return frozenset(self.supports.split())

    def match(self, method: str, path: str) -> str | None:
        """The id in the address, empty when it has none; None when the route does not answer it."""
        found = re.fullmatch(re.sub(r"\{\w+\}", r"([^/]+)", self.path), path)
        if method != self.method or found is None:
            return None
        return "".join(found.groups())


@dataclass(frozen=True)
class Resource:
    """An object type. `includes` are fields that are answered only when they are expanded."""

    kind: str
    routes: tuple[Route, ...] = ()
    render: Renderer | None = None
    includes: Mapping[str, Callable[[World, Document], object]] = field(default_factory=dict)
