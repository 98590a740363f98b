"""The control surface under /_local/: clock, deliveries, faults, authentication, reset."""

import json
from collections.abc import Callable
from typing import Any

from stripe import api_version

from dev.local_stripe.api.application import Response
from dev.local_stripe.api.errors import invalid
from dev.local_stripe.faults import Faults
from dev.local_stripe.payments.authentication import authenticate
from dev.local_stripe.subscriptions.lifecycle import advance
from dev.local_stripe.webhooks.deliveries import overview, redeliver
from dev.local_stripe.world.world import World

Answer = Any


class Control:
    def __init__(self, world: World, faults: Faults, reset: Callable[[], None]) -> None:
        self._world = world
        self._faults = faults
        self._reset = reset

    def respond(self, method: str, path: str, body: str) -> Response:
        settings = _json(body)
        first, *rest = path.strip("/").split("/")
        handler = getattr(self, f"_{method.lower()}_{first}", None)
        if handler is None:
            raise invalid(f"No such control: {method} /_local/{path}")
        return Response(200, json.dumps(handler(settings, *rest)).encode())

    def _get_health(self, settings: Answer) -> Answer:
        return {"status": "ok", "api_version": api_version, "now": self._world.now()}

    def _get_clock(self, settings: Answer) -> Answer:
        return {"now": self._world.now(), "offset": self._world.clock.offset}

    def _post_clock(self, settings: Answer) -> Answer:
        seconds = settings.get("advance_seconds")
        if not isinstance(seconds, int) or seconds < 0:
            raise invalid("advance_seconds must be a whole number of seconds, not negative.")
        advance(self._world, seconds)
        return self._get_clock(settings)

    def _get_deliveries(self, settings: Answer) -> Answer:
        return {"data": overview(self._world)}

    def _post_faults(self, settings: Answer) -> Answer:
        try:
            return self._faults.configure(settings)
        except TypeError as error:
            raise invalid(f"Invalid faults: {error}") from error

    def _post_reset(self, settings: Answer) -> Answer:
        self._reset()
        return {"status": "ok"}

    def _post_authenticate(self, settings: Answer, intent_id: str) -> Answer:
        outcome = settings.get("outcome", "succeed")
        if outcome not in ("succeed", "fail"):
            raise invalid("outcome must be succeed or fail.")
        return authenticate(self._world, intent_id, succeed=outcome == "succeed")

    def _post_events(self, settings: Answer, event_id: str, verb: str) -> Answer:
        if verb != "redeliver":
            raise invalid(f"No such control: {verb}")
        return {"data": redeliver(self._world, event_id)}


def _json(body: str) -> dict[str, Any]:
    try:
        settings = json.loads(body or "{}")
    except json.JSONDecodeError as error:
        raise invalid(f"Invalid JSON: {error}") from error
    if not isinstance(settings, dict):
        raise invalid("A JSON object is expected.")
    return settings
