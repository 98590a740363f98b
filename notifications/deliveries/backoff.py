import random

BASE_SECONDS = 5.0
CAP_SECONDS = 600.0
RETRY_AFTER_CAP_SECONDS = 3600.0
MAX_ATTEMPTS = 8


def unhurried() -> float:
    """Seconds to wait with what may have arrived: half an hour to an hour, so that an outage ends before the tries."""
    return random.uniform(RETRY_AFTER_CAP_SECONDS / 2, RETRY_AFTER_CAP_SECONDS)  # noqa: S311 # nosec B311 - spreads load


def delay(attempts: int, *, retry_after: float | None = None) -> float:
    """Seconds to wait after ``attempts`` failed ones: full jitter, or what the provider asked for, up to an hour."""
    if retry_after is not None:
        return min(max(retry_after, 0.0), RETRY_AFTER_CAP_SECONDS)
    ceiling = min(CAP_SECONDS, BASE_SECONDS * 2.0 ** (attempts - 1))
    return random.uniform(0.0, ceiling)  # noqa: S311 # nosec B311 - spreads load, guards nothing
