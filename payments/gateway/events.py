"""The events that Stripe has made, as it lists them: for thirty days also those it could not deliver."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from payments.gateway.connection.client import stripe_client

if TYPE_CHECKING:
    from stripe.params import EventListParams

PAGE_SIZE = 100


def undelivered_events(*, since: datetime) -> Iterator[str]:
    """The events that some endpoint has not acknowledged, newest first, each as the text that would be delivered."""
    params: EventListParams = {
        "delivery_success": False,
        "created": {"gte": int(since.timestamp())},
        "limit": PAGE_SIZE,
    }
    while True:
        with stripe_client() as client:
            page = client.v1.events.list(params)
            events = [each.to_dict(for_json=True) for each in page.data]
        yield from map(json.dumps, events)
        if not page.has_more:
            return
        params["starting_after"] = events[-1]["id"]
