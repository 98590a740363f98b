"""Every object type of this Stripe. A new one is one module and one entry here."""

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

RESOURCES: dict[str, Resource] = {
    resource.kind: resource
    for resource in (
        customers.RESOURCE,
        cards.RESOURCE,
        catalogue.PRODUCT,
        catalogue.PRICE,
        discounts.COUPON,
        discounts.CODE,
        subscriptions.RESOURCE,
        schedules.RESOURCE,
        subscriptions.INVOICE,
        invoices.INVOICE_PAYMENT,
        invoices.CREDIT_NOTE,
        payment_intents.RESOURCE,
        setup_intents.RESOURCE,
        charges.CHARGE,
        charges.TRANSACTION,
        disputes.REFUND,
        sessions.RESOURCE,
        disputes.DISPUTE,
        disputes.WARNING,
        account.EVENT,
        account.ENDPOINT,
        portal.CONFIGURATIONS,
        portal.SESSIONS,
        account.ACCOUNT,
        account.BALANCE,
    )
}
