"""What all people of the soak share: Stripe, the clock, and the count of what happened."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import stripe
from time_machine import Traveller

from accounts.models import User
from dev.local_stripe import LocalStripe
from payments.gateway.connection.breaker import breaker

MUTABLE = ("customer", "subscription", "invoice", "payment_intent", "refund", "dispute", "checkout.session")
# Each answer that the service waits for, with the library's two repetitions.
LOST = 3


class Town:
    def __init__(self, server: LocalStripe, traveller: Traveller, clock: Path, operator: User, seed: int) -> None:
        self.server, self.operator = server, operator
        self.random = random.Random(seed)
        self.page = stripe.StripeClient("sk_test_page", base_addresses={"api": server.url}, max_network_retries=3)
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.faults: Counter[str] = Counter()
        self.changed_silently: set[str] = set()
        self._traveller, self._clock, self._distance = traveller, clock, 0
        self._tell_time()

    def pass_time(self, seconds: int) -> None:
        """Stripe's clock, ours and the workers' go on together, and Stripe does what falls due."""
        with self.server.world.lock:
            self.server.advance(seconds)
            self.server.world.offset -= seconds
            self._traveller.shift(seconds)
        self._distance += seconds
        self._tell_time()
        # Whatever passes is longer than its pause.
        breaker.close()

    def _tell_time(self) -> None:
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(str(self._distance))
        fresh.replace(self._clock)

    @contextmanager
    def silently(self) -> Iterator[None]:
        """What is changed within, no event tells of; it is written down as explained, also when only the answer that
        it was done is lost."""
        before = self._standing()
        try:
            with self.server.mutate_silently():
                yield
        finally:
            after = self._standing()
            self.changed_silently.update(key for key, document in after.items() if before.get(key) is not document)

    def _standing(self) -> dict[str, Any]:
        with self.server.world.lock:
            return {each["id"]: each for kind in MUTABLE for each in self.server.world.all(kind)}

    def disturb(self) -> None:
        """Now and then something goes wrong with the next request that asks Stripe for a change."""
        chance = self.random.random()
        if chance > 0.12:
            return
        trouble: dict[str, dict[str, Any]] = {
            "answer lost for good": {"close_after_commit": True, "times": LOST},
            "answer lost once": {"close_after_commit": True},
            "not reached": {"close_before": True, "times": LOST},
            "error 500": {"status": 500, "times": 1},
            "too many requests": {"status": 429, "times": LOST},
        }
        name = self.random.choice(list(trouble))
        self.faults[name] += 1
        self.server.faults.api(method="POST", path_prefix="/v1/", **trouble[name])

    def count(self, act: str, outcome: str) -> None:
        self.outcomes[act, outcome] += 1


def wait_for(is_so: Any, *, seconds: float) -> bool:
    """Whether it became so within the time of a real clock."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.03)
    return True
