"""Faults injected on demand: of the API (errors, delays, lost connections) and of webhook delivery."""

import random
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from dev.local_stripe.world.errors import StripeError
from dev.local_stripe.world.storage import Document

KINDS: dict[int, tuple[str, str | None]] = {
    401: ("invalid_request_error", None),
    404: ("invalid_request_error", "resource_missing"),
    409: ("invalid_request_error", "lock_timeout"),
    429: ("invalid_request_error", "rate_limit"),
}
# Deliveries made within this time of each other are mixed when shuffled.
SHUFFLE_SECONDS = 0.25


@dataclass(frozen=True)
class ApiFault:
    """Applies to the next `times` requests whose method and path prefix match.

    `status` answers an error instead of executing; `delay_ms` waits first; `close_before` drops the connection
    without executing, `close_after_commit` after it; `headers` are added to the answer. `remember` says whether
    an error answer is kept under the idempotency key; by default a 500 is, as with Stripe, and a refusal before
    execution is not.
    """

    method: str = ""
    path_prefix: str = ""
    status: int = 0
    delay_ms: int = 0
    close_before: bool = False
    close_after_commit: bool = False
    times: int = 1
    remember: bool | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def stored(self) -> bool:
        """Whether the answer to a request with this fault is kept under its idempotency key."""
        return not self.status or (self.status == 500 if self.remember is None else self.remember)

    def error(self) -> StripeError:
        kind, code = KINDS.get(self.status, ("api_error", None))
        return StripeError(self.status, "An injected fault of the local Stripe.", kind=kind, code=code)


@dataclass(frozen=True)
class WebhookFaults:
    """Rates between 0 and 1; the same seed gives the same decisions for the same sequence of events."""

    drop: float = 0.0
    duplicate: float = 0.0
    shuffle: float = 0.0
    delay_ms: int = 0
    seed: int = 0


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._api: list[ApiFault] = []
        self.webhooks()

    def webhooks(self, **rates: Any) -> None:
        """From now on disturb deliveries as `WebhookFaults` says; without arguments, no more."""
        faults = WebhookFaults(**rates)
        with self._lock:
            self._webhooks = faults
            self._random = random.Random(faults.seed)  # noqa: S311 - repeatable, not secret

    def api(self, **fault: Any) -> None:
        """Disturb the next requests that match, as `ApiFault` says."""
        with self._lock:
            self._api.append(ApiFault(**fault))

    def clear(self) -> None:
        with self._lock:
            self._api.clear()
        self.webhooks()

    def configure(self, settings: dict[str, Any]) -> dict[str, Any]:
        """What `POST /_local/faults` takes: {"clear": true, "webhooks": {...}, "api": {...} or [...]}. Returns
        what is in force; raises TypeError for anything else."""
        if unknown := settings.keys() - {"clear", "webhooks", "api"}:
            raise TypeError(f"Unknown: {', '.join(sorted(unknown))}")
        if settings.get("clear"):
            self.clear()
        if "webhooks" in settings:
            self.webhooks(**settings["webhooks"])
        api = settings.get("api", [])
        for fault in [api] if isinstance(api, dict) else api:
            self.api(**fault)
        with self._lock:
            return {"webhooks": asdict(self._webhooks), "api": [asdict(fault) for fault in self._api]}

    def take(self, method: str, path: str) -> ApiFault:
        """The first fault for this request, with one of its times used up; one that does nothing if there is none."""
        with self._lock:
            for position, fault in enumerate(self._api):
                if fault.method in ("", method) and path.startswith(fault.path_prefix):
                    left = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                    self._api[position : position + 1] = left
                    return fault
        return ApiFault()

    def plan(self, delivery: Document) -> Document:
        """The delivery as the faults will have it."""
        with self._lock:
            faults = self._webhooks
            # Every rate draws each time, so that changing one does not change the decisions of the others.
            dropped, doubled, mixed, place = (self._random.random() for _ in range(4))
        wait = faults.delay_ms / 1000 + (place * SHUFFLE_SECONDS if mixed < faults.shuffle else 0.0)
        return delivery | {
            "state": "dropped" if dropped < faults.drop else "pending",
            "repeats": 1 if doubled < faults.duplicate else 0,
            "next_attempt_at": time.time() + wait if wait else 0.0,
        }
