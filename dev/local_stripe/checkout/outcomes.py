"""How a checkout session ends without its customer: nobody paid it in time, or the bank answers late."""

from dev.local_stripe.payments import charging
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

KIND = "checkout.session"


def expire(world: World, session_id: str) -> None:
    session = world.get(KIND, session_id) | {"status": "expired", "url": None}
    intent = world.find("payment_intent", session["payment_intent"] or "")
    if intent is not None and intent["status"] in charging.CONFIRMABLE:
        charging.cancel(world, intent, "expired")
    world.put(KIND, session, f"{KIND}.expired")


def tell_session(world: World, intent: Document) -> None:
    """The money of a session that was completed unpaid has come, or will not."""
    for session in world.all(KIND):
        waits = session["status"] == "complete" and session["payment_status"] == "unpaid"
        if waits and session["_intent"] == intent["id"]:
            paid = intent["status"] == "succeeded"
            status = "paid" if paid else "unpaid"
            event = f"{KIND}.async_payment_{'succeeded' if paid else 'failed'}"
            world.put(KIND, session | {"payment_status": status}, event)
