"""What comes after a payment: disputes, early fraud warnings and refunds."""

from dev.local_stripe.api import DAY, Call, Document, Params, Resource, World, invalid, set_fields
from dev.local_stripe.resources.cards import behaviour
from dev.local_stripe.resources.catalogue import money
from dev.local_stripe.resources.charges import move, paid_charge

FEE = 1500
DUE_AFTER = 10 * DAY
BEGINNINGS = ("needs_response", "warning_needs_response")
ENDS = {
    "won": ("needs_response",),
    "lost": ("needs_response",),
    "warning_closed": ("warning_needs_response",),
    "prevented": BEGINNINGS,
}


def _render_dispute(world: World, dispute: Document) -> Document:
    booked = [world.get("balance_transaction", each) for each in dispute["balance_transactions"]]
    dispute["balance_transactions"] = [world.render("balance_transaction", each) for each in booked]
    details = dispute["evidence_details"]
    details["past_due"] = world.now() > details["due_by"]
    charge = world.get("charge", dispute["charge"])
    return dispute | {"is_charge_refundable": _leaves_refunds(dispute) and not charge["refunded"]}


def _leaves_refunds(dispute: Document) -> bool:
    return str(dispute["status"]).startswith(("warning_", "won"))


def refundable(world: World, charge: Document) -> bool:
    return all(_leaves_refunds(each) for each in world.all("dispute") if each["charge"] == charge["id"])


DISPUTE = Resource("dispute", "/v1/disputes", render=_render_dispute).reads().lists("charge payment_intent")


def open_dispute(
    world: World, paid: str, *, reason: str = "fraudulent", status: str = "needs_response", amount: int | None = None
) -> Document:
    """The customer's bank disputes a charge, or that of an intent; with a status of warning_needs_response it only
    asks, and no money leaves the account."""
    if status not in BEGINNINGS:
        raise invalid(f"A dispute begins as one of {' or '.join(BEGINNINGS)}.")
    with world.transaction():
        charge = paid_charge(world, paid, "charge")
        network = charge["payment_method_details"]["card"]["network"]
        asks = status.startswith("warning_")
        card = {"brand": network, "network": network, "network_reason_code": "10.4"}
        dispute = world.new(
            "dispute",
            "du",
            amount=charge["amount"] - charge["amount_refunded"] if amount is None else amount,
            charge=charge["id"],
            currency=charge["currency"],
            network_reason_code="10.4",
            payment_intent=charge["payment_intent"],
            payment_method_details={"card": card | {"case_type": "inquiry" if asks else "chargeback"}, "type": "card"},
            reason=reason,
            status=status,
        )
        dispute["evidence_details"] |= {"due_by": world.now() + DUE_AFTER, "submission_method": "not_submitted"}
        world.put("charge", charge | {"disputed": True}, "charge.updated")
        world.put("dispute", dispute, "charge.dispute.created")
        if not asks:
            _book(world, dispute, -dispute["amount"], category="dispute", event="funds_withdrawn", fee=FEE)
        return world.render("dispute", dispute)


def _book(world: World, dispute: Document, amount: int, *, category: str, event: str, fee: int = 0) -> None:
    moved = move(world, dispute, amount, "adjustment", fee=fee, category=category)
    dispute["balance_transactions"] = [*dispute["balance_transactions"], moved]
    world.put("dispute", dispute, f"charge.dispute.{event}")


def escalate_dispute(world: World, dispute_id: str) -> Document:
    """The answer did not satisfy the bank that asked: now it takes the money."""
    with world.transaction():
        dispute = world.get("dispute", dispute_id)
        if dispute["status"] != "warning_needs_response":
            raise invalid(f"A dispute that is {dispute['status']} is no inquiry.")
        dispute["status"] = "needs_response"
        dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
        dispute["evidence_details"] |= {"due_by": world.now() + DUE_AFTER, "submission_count": 0}
        world.put("dispute", dispute, "charge.dispute.updated")
        _book(world, dispute, -dispute["amount"], category="dispute", event="funds_withdrawn", fee=FEE)
        return world.render("dispute", dispute)


def close_dispute(world: World, dispute_id: str, status: str) -> Document:
    """The bank decides: won, lost, warning_closed or prevented."""
    with world.transaction():
        dispute = world.get("dispute", dispute_id)
        if dispute["status"] not in ENDS.get(status, ()):
            raise invalid(f"A dispute that is {dispute['status']} cannot become {status}.")
        dispute["status"] = status
        world.put("dispute", dispute, "charge.dispute.closed")
        if status == "won":
            _book(world, dispute, dispute["amount"], category="dispute_reversal", event="funds_reinstated")
        return world.render("dispute", dispute)


def _render_warning(world: World, warning: Document) -> Document:
    charge = world.get("charge", warning["charge"])
    return warning | {"actionable": not charge["refunded"] and not charge["disputed"]}


WARNING = Resource("radar.early_fraud_warning", "/v1/radar/early_fraud_warnings", render=_render_warning)
WARNING.reads().lists("charge payment_intent")


def warn_of_fraud(world: World, paid: str, fraud_type: str = "misc") -> Document:
    """The card's bank says that a charge, or that of an intent, looks like fraud."""
    with world.transaction():
        charge = paid_charge(world, paid, "charge")
        warning = world.new(WARNING.kind, "issfr", charge=charge["id"], fraud_type=fraud_type)
        warning["payment_intent"] = charge["payment_intent"]
        return world.render(WARNING.kind, world.put(WARNING.kind, warning, "radar.early_fraud_warning.created"))


FOLLOWING = {"pending": ("succeeded", "failed", "canceled"), "succeeded": ("failed",)}

REFUND = Resource("refund", "/v1/refunds").reads().lists("charge payment_intent")
REFUND.amends("metadata", "refund.updated", "charge.refund.updated")


@REFUND.creates("amount charge metadata payment_intent reason")
def create_refund(world: World, call: Call) -> Document:
    charge, amount = _charge_and_amount(world, call.params)
    return give_back(world, charge, amount, call.params)


def _charge_and_amount(world: World, params: Params) -> tuple[Document, int]:
    param = "payment_intent" if "payment_intent" in params else "charge"
    if param not in params:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise invalid(message, code="parameter_missing")
    charge = paid_charge(world, params[param], param)
    left = charge["amount"] - charge["amount_refunded"]
    amount = int(params.get("amount", left))
    if not left:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if not refundable(world, charge):
        raise invalid(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    if amount <= 0:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if amount > left:
        message = f"Refund amount is greater than unrefunded amount on charge ({money(left, charge['currency'])})"
        raise invalid(message, param="amount")
    return charge, amount


def give_back(world: World, charge: Document, amount: int, params: Params) -> Document:
    """Refunds the amount, which the charge must still have. The card decides what becomes of it."""
    course = behaviour(world.get("payment_method", charge["payment_method"])).refund
    pending = course == "pending"
    refund = world.new(
        "refund",
        "re",
        amount=amount,
        charge=charge["id"],
        **{name: charge[name] for name in ("currency", "customer", "payment_intent", "payment_method")},
        destination_details={"card": {"type": "pending" if pending else "refund"}, "type": "card"},
        pending_reason="processing" if pending else None,
        status="pending" if pending else "succeeded",
    )
    set_fields(refund, params, "metadata reason")
    if course != "succeeded":
        refund |= {"_settles_at": world.now() + DAY, "_outcome": "succeeded" if pending else "failed"}
    refund["balance_transaction"] = move(world, refund, -amount, "refund")
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.put("refund", refund, "refund.created")
    world.put("charge", charge, "charge.refunded")
    return refund


def settle_refund(world: World, refund_id: str, status: str = "", failure_reason: str = "unknown") -> Document:
    """The bank says what became of a refund: succeeded, failed or canceled; by default what its card stands for."""
    with world.transaction():
        refund = world.get("refund", refund_id)
        status = status or refund.get("_outcome", "succeeded")
        if status not in FOLLOWING.get(refund["status"], ()):
            raise invalid(f"A refund that is {refund['status']} cannot become {status}.")
        refund.pop("_settles_at", None)
        refund |= {"status": status, "pending_reason": None}
        if status == "succeeded":
            refund["destination_details"]["card"]["type"] = "refund"
            events = ["refund.updated", "charge.refund.updated"]
        else:
            events = ["refund.updated", "charge.refund.updated", "refund.failed"]
            _return_to_account(world, refund, failure_reason if status == "failed" else None)
        return world.render("refund", world.put("refund", refund, *events))


def _return_to_account(world: World, refund: Document, reason: str | None) -> None:
    refund["failure_reason"] = reason
    refund["failure_balance_transaction"] = move(world, refund, refund["amount"], "refund_failure")
    charge = world.get("charge", refund["charge"])
    charge |= {"amount_refunded": charge["amount_refunded"] - refund["amount"], "refunded": False}
    world.put("charge", charge, "charge.updated")
