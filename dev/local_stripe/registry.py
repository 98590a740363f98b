"""Every object type of this Stripe: the resources that these modules hold."""

from dev.local_stripe.api import Resource
from dev.local_stripe.invoices import invoices
from dev.local_stripe.resources import (
    account,
    cards,
    catalogue,
    charges,
    customers,
    discounts,
    disputes,
    payment_intents,
    portal,
    sessions,
    setup_intents,
)
from dev.local_stripe.subscriptions import schedules, subscriptions

MODULES = (
    *(account, cards, catalogue, charges, customers, discounts, disputes, invoices, payment_intents, portal),
    *(schedules, sessions, setup_intents, subscriptions),
)
RESOURCES = {found.kind: found for module in MODULES for found in vars(module).values() if isinstance(found, Resource)}
