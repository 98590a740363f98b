"""Whose payment method is it, and which one is charged."""

from dataclasses import dataclass

from accounts.models import User
from numerai.common.errors import NotFound
from payments import gateway, sync
from payments.gateway import PaymentMethodView, is_livemode
from payments.models import StripeCustomer, Subscription


@dataclass(frozen=True)
class Wallet:
    """What somebody has saved, newest first, with the id of the one that is charged; "" when none is."""

    customer: StripeCustomer
    methods: tuple[PaymentMethodView, ...]
    used: str
    subscription: Subscription | None

    def method(self, payment_method_id: str) -> PaymentMethodView:
        """Raises NotFound for what is not theirs."""
        for method in self.methods:
            if method.id == payment_method_id:
                return method
        raise NotFound


def wallet_of(user: User) -> Wallet | None:
    """Looked at at Stripe; None for somebody who is no customer there. Raises StripeUnavailable."""
    known = StripeCustomer.objects.filter(user=user, livemode=is_livemode(), deleted_at__isnull=True).first()
    if known is None:
        return None
    try:
        customer = gateway.fetch_customer(known.stripe_id)
        methods = () if customer.is_deleted else gateway.payment_methods_of(known.stripe_id)
    except gateway.ObjectMissing:
        customer, methods = None, ()
    if customer is None or customer.is_deleted:
        sync.sync_customer(known.stripe_id)
        return None
    row = Subscription.objects.standing().filter(user=user, livemode=is_livemode()).first()
    used = (row.default_payment_method if row else "") or customer.default_payment_method
    return Wallet(customer=known, methods=methods, used=used, subscription=row)
