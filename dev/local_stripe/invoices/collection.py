"""Collecting an invoice: charging its intent and booking the outcome."""

from typing import Any

from dev.local_stripe.api import DAY, Document, World, card_error, invalid, needs_action
from dev.local_stripe.invoices.invoicing import default_method, finalize, payments_of, subscription_of
from dev.local_stripe.resources import charges, disputes
from dev.local_stripe.resources.cards import attach_to, behaviour
from dev.local_stripe.resources.sessions import tell_session
from dev.local_stripe.subscriptions.standing import after_failure, after_payment

# A first invoice waits for the customer; a change that is pending waits for its payment: neither is retried.
NEVER_RETRIED = ("subscription_create",)
DISPUTED = {"dispute": "needs_response", "inquiry": "warning_needs_response"}


def confirm_intent(
    world: World, intent: Document, method: Document, *, automatic: bool = False, **circumstances: Any
) -> Document:
    """Charge the intent as `charges.charge` does and book the outcome where it belongs."""
    settled = charges.charge(world, intent, method, **circumstances)
    return _book(world, settled, method, automatic=automatic)


def settle_slow(world: World, intent_id: str, *, succeed: bool | None = None) -> Document:
    """The bank answers for a payment in process, by default what its test card stands for."""
    with world.transaction():
        intent = world.get("payment_intent", intent_id)
        if intent["status"] != "processing":
            raise invalid(f"This PaymentIntent has a status of {intent['status']}; no bank is to answer for it.")
        method = world.get("payment_method", intent["payment_method"])
        succeeds = not behaviour(method).decline if succeed is None else succeed
        attempt = world.get("charge", intent["latest_charge"])
        settled = charges.settle(world, intent, method, attempt, succeeds=succeeds)
        return world.render("payment_intent", _book(world, settled, method, automatic=False))


def _book(world: World, intent: Document, method: Document, *, automatic: bool) -> Document:
    paid, declined = (intent["status"] == status for status in ("succeeded", "requires_payment_method"))
    if paid and intent["setup_future_usage"] and intent["customer"] and method["customer"] is None:
        method = attach_to(world, method, intent["customer"])
    trouble = behaviour(method).trouble
    if paid and trouble == "warning":
        disputes.warn_of_fraud(world, intent["id"])
    elif paid and trouble:
        disputes.open_dispute(world, intent["id"], status=DISPUTED[trouble])
    payment = payment_of_intent(world, intent["id"])
    if payment is not None:
        invoice = world.get("invoice", payment["invoice"])
        if paid:
            book_payment(world, invoice, method)
        elif declined or (automatic and intent["status"] == "requires_action"):
            book_failure(world, invoice, automatic=automatic, action=not declined)
    if paid or declined:
        tell_session(world, intent)
    return intent


def payment_of_intent(world: World, intent_id: str) -> Document | None:
    for payment in world.all("invoice_payment"):
        if payment["payment"]["payment_intent"] == intent_id:
            return payment
    return None


def finalize_and_collect(world: World, invoice: Document, *, off_session: bool, wait: bool = False) -> Document:
    """Finalize the draft and take the money at once, unless it is to `wait` for the customer's confirmation; an
    invoice over nothing is paid by that alone."""
    invoice = finalize(world, invoice)
    if invoice["amount_due"] == 0:
        book_payment(world, invoice, None)
    elif not wait:
        collect(world, invoice["id"], off_session=off_session)
    return world.get("invoice", invoice["id"])


def collect(world: World, invoice_id: str, *, off_session: bool = True) -> None:
    """One automatic attempt to collect an open invoice from the default card."""
    invoice = world.get("invoice", invoice_id)
    method = default_method(world, subscription_of(world, invoice))
    if method is None:
        book_failure(world, invoice, automatic=True, action=False)
        return
    intent = world.get("payment_intent", invoice["_intent"])
    confirm_intent(world, intent, method, off_session=off_session, automatic=True)


def book_payment(world: World, invoice: Document, method: Document | None) -> None:
    """The invoice is paid: by its intent, by the customer's balance, or because nothing was due."""
    for payment in payments_of(world, invoice["id"]):
        if payment["status"] == "open":
            moved = payment["status_transitions"] | {"paid_at": world.now()}
            paid = {"status": "paid", "amount_paid": payment["amount_requested"], "status_transitions": moved}
            world.put("invoice_payment", payment | paid, "invoice_payment.paid")
    invoice |= {
        "status": "paid",
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "attempted": True,
        "attempt_count": max(1, invoice["attempt_count"]) if method is not None else invoice["attempt_count"],
        "auto_advance": False,
        "next_payment_attempt": None,
    }
    invoice["status_transitions"]["paid_at"] = world.now()
    world.put("invoice", invoice, "invoice.updated", "invoice.paid", "invoice.payment_succeeded")
    after_payment(world, invoice, method)


def book_failure(world: World, invoice: Document, *, automatic: bool, action: bool) -> None:
    """An attempt failed. Only the first attempt and automatic retries count towards the retry schedule."""
    if automatic or invoice["attempt_count"] == 0:
        invoice["attempt_count"] += 1
    invoice["attempted"] = True
    exhausted = False
    if automatic and _is_retried(world, invoice):
        days = world.policy.retry_after_days[invoice["attempt_count"] - 1 :]
        exhausted = not days
        invoice["next_payment_attempt"] = world.now() + days[0] * DAY if days else None
        invoice["auto_advance"] = not exhausted
    world.put("invoice", invoice, "invoice.updated", "invoice.payment_failed")
    if action:
        world.emit("invoice.payment_action_required", world.render("invoice", invoice))
    after_failure(world, invoice, exhausted=exhausted)


def _is_retried(world: World, invoice: Document) -> bool:
    pending = subscription_of(world, invoice)["_pending_invoice"] == invoice["id"]
    return invoice["billing_reason"] not in NEVER_RETRIED and not pending


def require_method(world: World, subscription: Document) -> None:
    """400 when there is nothing to charge."""
    if default_method(world, subscription) is None:
        message = "This customer has no attached payment source or default payment method."
        raise invalid(message, code="resource_missing")


def require_paid(world: World, invoice: Document) -> None:
    """402 that undoes the whole request when the invoice it made is not paid."""
    if invoice["status"] == "paid":
        return
    error = world.get("payment_intent", invoice["_intent"])["last_payment_error"]
    if error is None:
        raise needs_action("subscription_payment_intent_requires_action", keep=False)
    raise card_error(error, keep=False)
