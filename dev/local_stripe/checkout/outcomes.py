"""What a late answer of the bank does to the checkout session that waits for it."""

from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World


def tell_session(world: World, intent: Document) -> None:
    for session in world.all("checkout.session"):
        if session["_intent"] == intent["id"] and (session["status"], session["payment_status"]) == (
            "complete",
            "unpaid",
        ):
            if intent["status"] == "succeeded":
                paid = session | {"payment_status": "paid"}
                world.put("checkout.session", paid, "checkout.session.async_payment_succeeded")
            else:
                world.put("checkout.session", dict(session), "checkout.session.async_payment_failed")
