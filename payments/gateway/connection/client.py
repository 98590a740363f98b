from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import stripe
from django.conf import settings
from django.db import connection

from payments.gateway.connection.breaker import breaker
from payments.gateway.connection.errors import (
    NetworkCallInsideTransaction,
    ObjectMissing,
    StripeUnavailable,
    is_outage,
    translate,
)
from payments.gateway.connection.transport import WatchedClient, watching

TIMEOUT_SECONDS = (3, 10)
RETRIES = 2

# Telemetry would write a file into the home directory at the first request.
stripe.enable_telemetry = False


@lru_cache(maxsize=1)
def _client(api_key: str, api_base: str) -> stripe.StripeClient:
    # Without explicit values the client never retries and waits 80 seconds for an answer.
    return stripe.StripeClient(
        api_key,
        base_addresses={"api": api_base},
        max_network_retries=RETRIES,
        http_client=WatchedClient(timeout=TIMEOUT_SECONDS),
    )


def refuse_empty(identifier: str) -> None:
    """Raise ObjectMissing for "", which the SDK would turn into a request for the list of all objects."""
    if not identifier:
        raise ObjectMissing("id")


@contextmanager
def stripe_client() -> Iterator[stripe.StripeClient]:
    """The process's client for one call. Raises our own errors; refuses to run inside a database transaction."""
    if connection.in_atomic_block:
        raise NetworkCallInsideTransaction("Commit before calling Stripe.")
    breaker.refuse_while_open()
    with watching() as sent:
        try:
            yield _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)
        except stripe.StripeError as error:
            if is_outage(error):
                breaker.count_failure()
            else:
                breaker.close()
            ours = translate(error)
            if isinstance(ours, StripeUnavailable):
                ours.was_sent = sent.maybe
            raise ours from error
        breaker.close()
