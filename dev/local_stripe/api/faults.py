"""Faults of the API itself, injected on demand: errors, delays, lost connections."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dev.local_stripe.api.errors import StripeError

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
