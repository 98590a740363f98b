"""The simulated time: the machine's clock plus an offset that only ever grows."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    def __init__(self, offset: int = 0) -> None:
        self.offset = offset
        self._frozen: int | None = None

    def now(self) -> int:
        """Unix seconds of the simulated time."""
        if self._frozen is not None:
            return self._frozen
        return int(time.time()) + self.offset

    @contextmanager
    def frozen_at(self, moment: int) -> Iterator[None]:
        self._frozen = moment
        try:
            yield
        finally:
            self._frozen = None
