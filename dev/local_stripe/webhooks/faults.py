"""Faults of webhook delivery, injected on demand: dropped, twice, out of order, late."""

import random
import threading
import time
from dataclasses import dataclass

from dev.local_stripe.world.storage import Document

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
