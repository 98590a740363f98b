from dataclasses import asdict, dataclass
from typing import Any

import structlog

from payments import gateway, sync
from payments.gateway import SubscriptionView
from payments.models import BillingHistory, BillingOperation, Payment, Subscription
from payments.services.operations import Request
from payments.services.performing import Work, perform
from payments.services.subscriptions.standing import Standing

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Answer:
    """``subscription_id`` is ours; ``client_secret`` lets the page confirm the payment that the change waits for."""

    message: str
    subscription_id: str
    client_secret: str | None = None

    @property
    def subscription(self) -> Subscription:
        """As it is now."""
        return Subscription.objects.get(pk=self.subscription_id)


def answer(message: str, row: Subscription, *, client_secret: str | None = None) -> dict[str, Any]:
    """Ready to be kept as the result of an operation."""
    return asdict(Answer(message=message, subscription_id=str(row.pk), client_secret=client_secret))


def carry_out(request: Request, work: Work) -> Answer:
    """As ``perform``; what Stripe does not know any more is no fault of the person's."""

    def careful(operation: BillingOperation) -> dict[str, Any]:
        try:
            return work(operation)
        except gateway.ObjectMissing as missing:
            log.error("object_of_change_missing", operation=str(operation.pk), param=missing.param)
            raise gateway.StripeMisconfigured from missing

    return Answer(**perform(request, careful))


@dataclass(frozen=True)
class Bill:
    """The latest bill of a subscription and how its payment stands; ``refusal`` is the bank's word, "" without one."""

    row: BillingHistory
    payment_status: str
    refusal: str

    @property
    def is_declined(self) -> bool:
        """Whether the card was refused for good; a bank that wants the customer to take part has not refused."""
        is_refused = self.row.status == "open" and self.payment_status == "requires_payment_method"
        return is_refused and self.refusal not in gateway.AUTHENTICATION_CODES


def latest_bill(standing: Standing) -> Bill:
    """A fresh look at the latest bill, mirrored with its payments."""
    row = sync.sync_invoice(standing.view.latest_invoice_id, customer_id=standing.customer.stripe_id)
    payment = Payment.objects.filter(invoice=row).order_by("-stripe_created_at").first()
    return Bill(
        row=row,
        payment_status=payment.status if payment else "",
        refusal=payment.failure_code if payment else "",
    )


def secret_of(standing: Standing) -> str | None:
    """What lets the page confirm the payment of the latest bill."""
    return _secret(gateway.see_confirmation(standing.row.stripe_id))


def _secret(view: SubscriptionView) -> str | None:
    return view.secret.value if view.secret else None
