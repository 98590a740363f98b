"""A provider that fails several times in a row is left alone for a while, and then tried with one delivery.

What would have gone to it waits meanwhile, without that costing an attempt. The row is the truth for all processes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db.models import Case, F, When
from django.db.models.functions import Coalesce

from notifications.channels.base import DeliveryError, ErrorClass, Sent
from notifications.models import ProviderHealth
from numerai.common import clock

log = structlog.get_logger(__name__)

FAILURES = 5
OPEN_FOR = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """Nothing was sent: the provider is left alone until then."""

    until: datetime


def guarded(provider: str, send: Callable[[], Sent]) -> Sent | LeftAlone:
    """``send()``, unless ``provider`` is left alone. One query while all is well. Raises what ``send`` raises."""
    health = ProviderHealth.objects.filter(provider=provider).first()
    if health is not None and (held := _held(health)):
        return held
    try:
        sent = send()
    except DeliveryError as error:
        if error.error_class is ErrorClass.TRANSIENT and error.of_provider:
            error.is_outage = _failed(provider)
        elif error.error_class is ErrorClass.PERMANENT:
            # A clear answer, if not the one that was hoped for.
            _answered(health)
        raise
    _answered(health)
    return sent


def is_failing(provider: str) -> bool:
    """Whether what fails there is likely the provider's own fault."""
    return ProviderHealth.objects.filter(provider=provider, failures__gte=FAILURES).exists()


def _held(health: ProviderHealth) -> LeftAlone | None:
    now = clock.now()
    if health.open_until is None:
        return None
    if health.open_until > now:
        return LeftAlone(health.open_until)
    # Of all workers that come now one tries; the others wait for what it finds.
    until = now + OPEN_FOR
    is_ours = ProviderHealth.objects.filter(provider=health.provider, open_until=health.open_until).update(
        open_until=until
    )
    return None if is_ours else LeftAlone(until)


def _failed(provider: str) -> bool:
    """Whether it fails everybody by now."""
    now = clock.now()
    row = ProviderHealth.objects.filter(provider=provider)
    columns = {
        "failures": F("failures") + 1,
        "failing_since": Coalesce("failing_since", now),
        "open_until": Case(When(failures__gte=FAILURES - 1, then=now + OPEN_FOR), default=F("open_until")),
    }
    if not row.update(**columns):
        ProviderHealth.objects.bulk_create([ProviderHealth(provider=provider)], ignore_conflicts=True)
        row.update(**columns)
    fails_everybody = is_failing(provider)
    if fails_everybody:
        log.warning("provider_left_alone", provider=provider, seconds=OPEN_FOR.total_seconds())
    return fails_everybody


def _answered(health: ProviderHealth | None) -> None:
    if health is not None and health.failures:
        ProviderHealth.objects.filter(provider=health.provider).update(failures=0, failing_since=None, open_until=None)
        log.info("provider_answers_again", provider=health.provider)
