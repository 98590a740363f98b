"""Making invoices: drafting, finalizing, voiding."""

from dev.local_stripe.api import Document, World, invalid
from dev.local_stripe.invoices.lines import discounted
from dev.local_stripe.resources import charges
from dev.local_stripe.resources.catalogue import minimum_charge
from dev.local_stripe.resources.discounts import drop, in_force, used_up_by


def draft(
    world: World, subscription: Document, lines: list[Document], *, reason: str, period: tuple[int, int] | None = None
) -> Document:
    """A draft over the lines, not stored yet. `period` is what the invoice looks back on, not what it pays."""
    period = period or (world.now(), world.now())
    customer = world.get("customer", subscription["customer"])
    discounts = in_force(world, subscription)
    subtotal = sum(line["amount"] for line in lines)
    lines, taken = discounted(world, lines, discounts)
    total = subtotal - sum(each["amount"] for each in taken)
    details = {"metadata": dict(subscription["metadata"]), "subscription": subscription["id"]}
    details |= {"subscription_proration_date": None}
    invoice = world.new(
        "invoice",
        "in",
        account_country="US",
        account_name="Local Stripe",
        amount_due=max(total, 0),
        amount_remaining=max(total, 0),
        auto_advance=True,
        billing_reason=reason,
        collection_method="charge_automatically",
        currency=subscription["currency"],
        customer=customer["id"],
        customer_tax_ids=[],
        discounts=[each["id"] for each in discounts],
        issuer={"type": "self"},
        parent={"quote_details": None, "subscription_details": details, "type": "subscription_details"},
        period_end=period[1],
        period_start=period[0],
        status="draft",
    )
    copied = ("address", "email", "name", "phone", "shipping", "tax_exempt")
    invoice |= {f"customer_{name}": customer[name] for name in copied}
    invoice |= dict.fromkeys(("subtotal", "subtotal_excluding_tax"), subtotal)
    invoice |= dict.fromkeys(("total", "total_excluding_tax"), total)
    invoice |= {"total_discount_amounts": taken, "total_pretax_credit_amounts": [], "total_taxes": []}
    invoice["lines"]["data"] = [line | {"invoice": invoice["id"]} for line in lines]
    invoice["lines"]["url"] = f"/v1/invoices/{invoice['id']}/lines"
    return invoice


def issue(world: World, subscription: Document, invoice: Document, *events: str) -> Document:
    """Stores the draft as the subscription's latest invoice, and the subscription with `events`. Discounts for
    one invoice only are used up by it."""
    world.put("subscription", subscription | {"latest_invoice": invoice["id"]}, *events)
    world.put("invoice", invoice, "invoice.created")
    subscription["latest_invoice"] = invoice["id"]
    used = used_up_by(world, invoice)
    if used:
        drop(world, subscription, used)
        world.put("subscription", subscription, "customer.subscription.updated")
    return invoice


def subscription_of(world: World, invoice: Document) -> Document:
    return world.get("subscription", invoice["parent"]["subscription_details"]["subscription"])


def default_method(world: World, subscription: Document) -> Document | None:
    """The card an invoice is charged to: the subscription's own, else the customer's default."""
    customer = world.get("customer", subscription["customer"])
    chosen = subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    return world.get("payment_method", chosen) if chosen else None


def finalize(world: World, invoice: Document) -> Document:
    """Gives the draft its number and, when money is due, its payment intent. Nothing is charged yet."""
    if invoice["status"] != "draft":
        raise invalid("This invoice is already finalized.", code="invoice_not_editable")
    _draw_on_customer(world, invoice)
    invoice |= {"status": "open", "automatically_finalizes_at": None, "effective_at": world.now()}
    invoice["status_transitions"]["finalized_at"] = world.now()
    if invoice["amount_due"] > 0:
        invoice["_intent"] = _open_payment(world, invoice)["id"]
    world.put("invoice", invoice, "invoice.finalized")
    if invoice["amount_due"] > 0:
        world.change("payment_intent", invoice["_intent"], {}, "payment_intent.created")
    return invoice


def _draw_on_customer(world: World, invoice: Document) -> None:
    """Takes the next number and settles against the balance."""
    customer = world.get("customer", invoice["customer"])
    invoice["number"] = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04}"
    customer["next_invoice_sequence"] += 1
    settle_balance(invoice, customer)
    customer |= {"balance": invoice["ending_balance"], "currency": invoice["currency"]}
    world.put("customer", customer, "customer.updated")


def settle_balance(invoice: Document, customer: Document) -> None:
    """What is due once the customer's balance is used or a small sum carried over to it."""
    owed = invoice["total"] + customer["balance"]
    # Smaller sums than Stripe's minimum charge are carried over on the customer's balance.
    due = owed if owed >= minimum_charge(invoice["currency"]) else 0
    invoice |= {"starting_balance": customer["balance"], "ending_balance": owed - due}
    invoice |= {"amount_due": due, "amount_remaining": due}


def _open_payment(world: World, invoice: Document) -> Document:
    method = default_method(world, subscription_of(world, invoice))
    first = invoice["billing_reason"] == "subscription_create"
    intent = charges.new_intent(
        world,
        "payment_intent",
        amount=invoice["amount_due"],
        currency=invoice["currency"],
        customer=invoice["customer"],
        description="Subscription creation" if first else "Subscription update",
        setup_future_usage="off_session",
        payment_method=method["id"] if method else None,
        status="requires_confirmation" if method else "requires_payment_method",
    )
    world.put("payment_intent", intent)
    payment = world.new(
        "invoice_payment",
        "inpay",
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={"payment_intent": intent["id"], "type": "payment_intent"},
        status="open",
    )
    world.put("invoice_payment", payment)
    return intent


def payments_of(world: World, invoice_id: str) -> list[Document]:
    return [payment for payment in world.all("invoice_payment") if payment["invoice"] == invoice_id]


def close_payments(world: World, invoice: Document, *, reason: str) -> None:
    """The invoice will not be paid through its intent any more."""
    for payment in payments_of(world, invoice["id"]):
        if payment["status"] == "open":
            moved = payment["status_transitions"] | {"canceled_at": world.now()}
            world.put("invoice_payment", payment | {"status": "canceled", "status_transitions": moved})
            charges.cancel(world, world.get("payment_intent", payment["payment"]["payment_intent"]), reason)


def credit(world: World, invoice: Document, amount: int) -> None:
    """What is given back stays with the customer, for the next invoice."""
    balance = world.get("customer", invoice["customer"])["balance"] - amount
    world.change("customer", invoice["customer"], {"balance": balance}, "customer.updated")


def void_if_open(world: World, invoice_id: str | None) -> Document | None:
    invoice = world.find("invoice", invoice_id or "")
    return void(world, invoice) if invoice is not None and invoice["status"] == "open" else None


def void(world: World, invoice: Document) -> Document:
    if invoice["status"] not in ("open", "uncollectible"):
        raise invalid("You can only pass in open invoices. This invoice isn't open.")
    close_payments(world, invoice, reason="void_invoice")
    credit(world, invoice, invoice["ending_balance"] - invoice["starting_balance"])
    invoice |= {"status": "void", "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["voided_at"] = world.now()
    return world.put("invoice", invoice, "invoice.updated", "invoice.voided")


def forgive(world: World, invoice: Document, *, reason: str) -> Document:
    """Marks the invoice uncollectible: it stays payable, but nobody expects the money any more."""
    if invoice["status"] != "open":
        raise invalid("You can only mark open invoices as uncollectible.")
    invoice |= {
        "status": "uncollectible",
        "auto_advance": False,
        "next_payment_attempt": None,
        "status_details": {"uncollectible": {"reason": reason}},
    }
    invoice["status_transitions"]["marked_uncollectible_at"] = world.now()
    return world.put("invoice", invoice, "invoice.updated", "invoice.marked_uncollectible")


def stop_collection(world: World, subscription_id: str) -> None:
    """After a cancellation Stripe no longer collects what is open; the invoices stay."""
    for invoice in world.all("invoice"):
        of_subscription = invoice["parent"]["subscription_details"]["subscription"] == subscription_id
        if of_subscription and invoice["status"] in ("draft", "open"):
            stopped = {"auto_advance": False, "next_payment_attempt": None, "automatically_finalizes_at": None}
            world.put("invoice", invoice | stopped, "invoice.updated")
