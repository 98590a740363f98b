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
        return self.status == 500 if self.remember is None else self.remember

    def error(self) -> StripeError:
        kind, code = KINDS.get(self.status, ("api_error", None))
        return StripeError(self.status, "An injected fault of the local Stripe.", kind=kind, code=code)


class ApiFaults:
    def __init__(self) -> None:
        self._faults: list[ApiFault] = []
        self._lock = threading.Lock()

    def add(self, fault: ApiFault) -> None:
        with self._lock:
            self._faults.append(fault)

    def pending(self) -> list[ApiFault]:
        with self._lock:
            return list(self._faults)

    def take(self, method: str, path: str) -> ApiFault | None:
        """The first fault for this request, with one of its times used up."""
        with self._lock:
            for position, fault in enumerate(self._faults):
                if fault.method in ("", method) and path.startswith(fault.path_prefix):
                    if fault.times <= 1:
                        del self._faults[position]
                    else:
                        self._faults[position] = replace(fault, times=fault.times - 1)
                    return fault
        return None

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()


# Deliveries made within this time of each other are mixed when shuffled.
SHUFFLE_SECONDS = 0.25


@dataclass(frozen=True)
class WebhookFaults:
    """Rates between 0 and 1; the same seed gives the same decisions for the same sequence of events."""

    drop: float = 0.0
    duplicate: float = 0.0
    shuffle: float = 0.0
    delay_ms: int = 0
    seed: int = 0


class FaultPlan:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.set(WebhookFaults())

    def set(self, faults: WebhookFaults) -> None:
        with self._lock:
            self.faults = faults
            self._random = random.Random(faults.seed)  # noqa: S311 - repeatable, not secret

    def apply(self, delivery: Document) -> Document:
        """The delivery as the faults will have it."""
        with self._lock:
            faults = self.faults
            # Every rate draws each time, so that changing one does not change the decisions of the others.
            dropped, doubled, mixed, place = (self._random.random() for _ in range(4))
        wait = faults.delay_ms / 1000 + (place * SHUFFLE_SECONDS if mixed < faults.shuffle else 0.0)
        return delivery | {
            "state": "dropped" if dropped < faults.drop else "pending",
            "repeats": 1 if doubled < faults.duplicate else 0,
            "next_attempt_at": time.time() + wait if wait else 0.0,
        }


class Faults:
    def __init__(self, api: ApiFaults, plan: FaultPlan) -> None:
        self._api = api
        self._plan = plan

    def webhooks(self, **rates: Any) -> None:
        """From now on disturb deliveries as `WebhookFaults` says; without arguments, no more."""
        self._plan.set(WebhookFaults(**rates))

    def api(self, **fault: Any) -> None:
        """Disturb the next requests that match, as `ApiFault` says."""
        self._api.add(ApiFault(**fault))

    def clear(self) -> None:
        self._api.clear()
        self._plan.set(WebhookFaults())

    def configure(self, settings: dict[str, Any]) -> dict[str, Any]:
        """What `POST /_local/faults` takes: {"clear": true, "webhooks": {...}, "api": {...} or [...]}. Returns
        what is in force."""
        if settings.get("clear"):
            self.clear()
        if "webhooks" in settings:
            self.webhooks(**settings["webhooks"])
        api = settings.get("api", [])
        for fault in [api] if isinstance(api, dict) else api:
            self.api(**fault)
        return {
            "webhooks": asdict(self._plan.faults),
            "api": [asdict(fault) for fault in self._api.pending()],
        }
