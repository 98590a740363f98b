"""The only writer of the columns that mirror Stripe.

Each function takes the lock of the Stripe customer, looks at Stripe at the pinned version, and writes what it saw in
one transaction, together with the access that follows from it. Called twice, late or out of order, the result is the
same: what Stripe says now.
"""

from payments.sync.customers import CustomerNotLinked, CustomerNotOurs, link_customer, sync_customer
from payments.sync.invoices import sync_invoice, sync_payment_intent
from payments.sync.subscriptions import sync_subscription

__all__ = [
    "CustomerNotLinked",
    "CustomerNotOurs",
    "link_customer",
    "sync_customer",
    "sync_invoice",
    "sync_payment_intent",
    "sync_subscription",
]
