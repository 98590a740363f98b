"""The only writer of the columns that mirror Stripe.

Each function takes the lock of the Stripe customer, looks at Stripe at the pinned version, and writes what it saw in
one transaction, together with the access that follows from it. Called twice, late or out of order, the result is the
same: what Stripe says now.
"""

from payments.sync.customers import CustomerNotLinked, CustomerNotOurs, link_customer
from payments.sync.invoices import sync_invoice
from payments.sync.people.departures import sync_customer
from payments.sync.people.standing import sync_standing
from payments.sync.reversals.disputes import sync_dispute, sync_fraud_warning
from payments.sync.reversals.refunds import sync_refunds
from payments.sync.selling.checkouts import sync_checkout
from payments.sync.selling.purchases import sync_payment_intent, sync_purchase
from payments.sync.subscriptions import billed_item, see_subscription, sync_subscription

__all__ = [
    "CustomerNotLinked",
    "CustomerNotOurs",
    "billed_item",
    "link_customer",
    "see_subscription",
    "sync_checkout",
    "sync_customer",
    "sync_dispute",
    "sync_fraud_warning",
    "sync_invoice",
    "sync_payment_intent",
    "sync_purchase",
    "sync_refunds",
    "sync_standing",
    "sync_subscription",
]
