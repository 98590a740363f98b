import threading
import time


class Pause:
    """Spares callers a service that is away: after a failure it is left alone for a while, then one caller tries it.

    The pause doubles from ``shortest`` to ``longest`` seconds while the service stays away. One of these lives in each
    process for each service.
    """

    def __init__(self, *, shortest: float, longest: float) -> None:
        self._shortest = shortest
        self._longest = longest
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0

    def is_on(self) -> bool:
        """Whether to leave the service alone. Of several callers after the pause only one is told to try."""
        with self._lock:
            if self._failures == 0:
                return False
            if time.monotonic() < self._until:
                return True
            self._until = time.monotonic() + self._seconds()
            return False

    def begin(self) -> None:
        with self._lock:
            self._failures += 1
            self._until = time.monotonic() + self._seconds()

    def end(self) -> None:
        with self._lock:
            self._failures = 0

    def _seconds(self) -> float:
        return float(min(self._shortest * 2 ** (self._failures - 1), self._longest))
