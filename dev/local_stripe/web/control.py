"""The control surface under /_local/: clock, deliveries, faults, authentication, reset."""

import json
import re
from collections.abc import Callable
from functools import partial
from inspect import signature
from typing import Any

from stripe import api_version

from dev.local_stripe.api import World, invalid
from dev.local_stripe.api.application import Response
from dev.local_stripe.api.faults import Faults
from dev.local_stripe.invoices.collection import settle_slow
from dev.local_stripe.resources.disputes import (
    close_dispute,
    escalate_dispute,
    open_dispute,
    settle_refund,
    warn_of_fraud,
)
from dev.local_stripe.resources.paying import pay_session, settle_session
from dev.local_stripe.resources.payment_intents import authenticate
from dev.local_stripe.subscriptions.lifecycle import advance
from dev.local_stripe.webhooks import overview, redeliver

Settings = dict[str, Any]
Handler = Callable[[Settings, str], Any]


# What banks and customers do; a JSON object gives the function's other arguments.
ACTS: dict[str, Callable[..., Any]] = {
    "payments/([^/]+)/settle": settle_slow,
    "payments/([^/]+)/dispute": open_dispute,
    "payments/([^/]+)/warn_of_fraud": warn_of_fraud,
    "sessions/([^/]+)/pay": pay_session,
    "sessions/([^/]+)/settle": settle_session,
    "refunds/([^/]+)/settle": settle_refund,
    "disputes/([^/]+)/escalate": escalate_dispute,
    "disputes/([^/]+)/close": close_dispute,
}


class Control:
    def __init__(self, world: World, faults: Faults, reset: Callable[[], None]) -> None:
        self._world = world
        self._faults = faults
        self._reset = reset
        self._routes: dict[str, Handler] = {
            "GET health": self._health,
            "GET clock": self._clock,
            "POST clock": self._advance,
            "GET deliveries": lambda settings, _: {"data": overview(world)},
            "POST faults": self._set_faults,
            "POST reset": self._start_over,
            "POST authenticate/([^/]+)": self._authenticate,
            **{f"POST {pattern}": partial(self._play, act) for pattern, act in ACTS.items()},
            "POST events/([^/]+)/redeliver": lambda settings, event: {"data": redeliver(world, event)},
        }

    def respond(self, method: str, path: str, body: str) -> Response:
        """Takes and gives JSON objects."""
        settings = _json(body)
        for pattern, handler in self._routes.items():
            found = re.fullmatch(pattern, f"{method} {path.strip('/')}")
            if found is not None:
                return Response(200, json.dumps(handler(settings, "".join(found.groups()))).encode())
        raise invalid(f"No such control: {method} /_local/{path}")

    def _health(self, settings: Settings, _: str) -> Any:
        return {"status": "ok", "api_version": api_version, "now": self._world.now()}

    def _clock(self, settings: Settings, _: str) -> Any:
        return {"now": self._world.now(), "offset": self._world.clock.offset}

    def _advance(self, settings: Settings, _: str) -> Any:
        seconds = settings.get("advance_seconds")
        if not isinstance(seconds, int) or seconds < 0:
            raise invalid("advance_seconds must be a whole number of seconds, not negative.")
        advance(self._world, seconds)
        return self._clock(settings, _)

    def _set_faults(self, settings: Settings, _: str) -> Any:
        try:
            return self._faults.configure(settings)
        except TypeError as error:
            raise invalid(f"Invalid faults: {error}") from error

    def _start_over(self, settings: Settings, _: str) -> Any:
        self._reset()
        return {"status": "ok"}

    def _play(self, act: Callable[..., Any], settings: Settings, identifier: str) -> Any:
        try:
            call = signature(act).bind(self._world, identifier, **settings)
        except TypeError as error:
            raise invalid(f"Invalid settings: {error}") from error
        return act(*call.args, **call.kwargs)

    def _authenticate(self, settings: Settings, intent_id: str) -> Any:
        outcome = settings.get("outcome", "succeed")
        if outcome not in ("succeed", "fail"):
            raise invalid("outcome must be succeed or fail.")
        return authenticate(self._world, intent_id, succeed=outcome == "succeed")


def _json(body: str) -> Settings:
    try:
        settings = json.loads(body or "{}")
    except json.JSONDecodeError as error:
        raise invalid(f"Invalid JSON: {error}") from error
    if not isinstance(settings, dict):
        raise invalid("A JSON object is expected.")
    return settings
