"""Deliveries: one document per event and endpoint, from pending to delivered, dropped or failed."""

from dev.local_stripe.api.errors import invalid
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import DELIVERY, World, delivery_id

SETTLED = ("delivered", "dropped", "failed")


def deliveries_of(world: World, event_id: str) -> list[Document]:
    endpoints = world.all("webhook_endpoint")
    found = (world.find(DELIVERY, delivery_id(event_id, endpoint["id"])) for endpoint in endpoints)
    return [delivery for delivery in found if delivery is not None]


def undelivered(world: World, event_id: str) -> int:
    """How many endpoints have not acknowledged the event."""
    return sum(delivery["delivered_at"] is None for delivery in deliveries_of(world, event_id))


def redeliver(world: World, event_id: str) -> list[Document]:
    """Sends the event again to every endpoint it was meant for, free of injected faults."""
    world.get("event", event_id)
    again = deliveries_of(world, event_id)
    if not again:
        raise invalid("No webhook endpoint was registered for this event.")
    with world.transaction():
        for delivery in again:
            delivery |= {"state": "pending", "attempts": 0, "next_attempt_at": 0.0, "repeats": 0}
            world.put(DELIVERY, delivery)
    return again


def overview(world: World) -> list[Document]:
    """What `GET /_local/deliveries` answers, oldest first."""
    with world.lock:
        names = "event type state attempts last_status last_error delivered_at"
        return [
            {
                **{name: delivery[name] for name in names.split()},
                "endpoint": world.get("webhook_endpoint", delivery["endpoint"])["url"],
            }
            for delivery in world.all(DELIVERY)
        ]
