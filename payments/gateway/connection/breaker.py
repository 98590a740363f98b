import threading
import time

from payments.gateway.connection.errors import StripeUnavailable

FAILURES = 5
PAUSE_SECONDS = 15.0


class CircuitBreaker:
    """After several outages in a row, refuses calls for a while instead of letting each one wait for its timeout.

    One of these lives in each process; when the pause ends, the next call finds out whether Stripe is back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0

    def refuse_while_open(self) -> None:
        left = self._open_until - time.monotonic()
        if left > 0:
            refused = StripeUnavailable(retry_after=left)
            refused.was_sent = False
            raise refused

    def count_failure(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= FAILURES:
                self._open_until = time.monotonic() + PAUSE_SECONDS

    def close(self) -> None:
        with self._lock:
            self._failures = 0
            self._open_until = 0.0


breaker = CircuitBreaker()
