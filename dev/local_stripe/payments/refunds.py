"""Refunds: money that goes back to the card, at once or after days, or fails to."""

from dev.local_stripe.api.changes import set_fields
from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import invalid
from dev.local_stripe.api.routes import Call, Resource
from dev.local_stripe.catalogue.currencies import money
from dev.local_stripe.customers.payment_methods import behaviour
from dev.local_stripe.payments.balance import move
from dev.local_stripe.payments.charges import paid_charge
from dev.local_stripe.payments.disputes import refundable
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import DAY, World

FOLLOWING = {"pending": ("succeeded", "failed", "canceled"), "succeeded": ("failed",)}

RESOURCE = Resource("refund", "/v1/refunds")
RESOURCE.readable("RefundRetrieveParams")
RESOURCE.listable("RefundListParams", "charge payment_intent")


@RESOURCE.on("POST", "", "RefundCreateParams", "amount charge metadata payment_intent reason")
def create(world: World, call: Call) -> Document:
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
        shown = [money(sum_, charge["currency"]) for sum_ in (amount, left)]
        raise invalid(
            "Refund amount ({}) is greater than unrefunded amount on charge ({})".format(*shown), param="amount"
        )
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


@RESOURCE.on("POST", "/{id}", "RefundUpdateParams", "metadata")
def update(world: World, call: Call) -> Document:
    refund = world.get("refund", call.id)
    set_fields(refund, call.params, "metadata")
    return world.put("refund", refund, "refund.updated", "charge.refund.updated")
