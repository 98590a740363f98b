"""The control surface under /_local/: clock, deliveries, faults, reset, and what banks and customers do."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from stripe import api_version

from dev.local_stripe.api import World, invalid
from dev.local_stripe.api.application import Response
from dev.local_stripe.api.faults import Faults
from dev.local_stripe.subscriptions.lifecycle import advance
from dev.local_stripe.webhooks import overview


class Control:
    """`acts` are called with the id in the address, if any, and the settings of the request."""

    def __init__(self, world: World, faults: Faults, acts: Mapping[str, Callable[..., Any]]) -> None:
        self._world = world
        self._controls: dict[str, Callable[..., Any]] = {
            "GET health": lambda: {"status": "ok", "api_version": api_version, "now": world.now()},
            "GET clock": self._clock,
            "POST clock": self._advance,
            "GET deliveries": lambda: {"data": overview(world)},
            "POST faults": lambda **settings: faults.configure(settings),
            **{f"POST {name}": act for name, act in acts.items()},
        }

    def respond(self, method: str, path: str, body: str) -> Response:
        """Takes and gives JSON objects."""
        name, *identifier = path.strip("/").split("/")
        control = self._controls.get(f"{method} {name}")
        if control is None:
            raise invalid(f"No such control: {method} /_local/{path}")
        try:
            answer = control(*identifier, **json.loads(body or "{}"))
        except (json.JSONDecodeError, TypeError) as error:
            raise invalid(f"Invalid settings: {error}") from error
        return Response(200, json.dumps(answer).encode())

    def _clock(self) -> Any:
        return {"now": self._world.now(), "offset": self._world.offset}

    def _advance(self, advance_seconds: Any = None) -> Any:
        if not isinstance(advance_seconds, int) or advance_seconds < 0:
            raise invalid("advance_seconds must be a whole number of seconds, not negative.")
        advance(self._world, advance_seconds)
        return self._clock()
