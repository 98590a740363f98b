"""Every object type of this Stripe. A new one is one module and one entry here."""

from dev.local_stripe.api.routes import Resource
from dev.local_stripe.catalogue import coupons, prices, products
from dev.local_stripe.checkout import sessions
from dev.local_stripe.customers import customers, payment_methods
from dev.local_stripe.invoices import credit_notes, invoice_payments
from dev.local_stripe.payments import balance, charges, disputes, payment_intents, refunds, setup_intents
from dev.local_stripe.platform import account, events, portal, webhook_endpoints
from dev.local_stripe.subscriptions import previews, schedules, subscriptions

RESOURCES: dict[str, Resource] = {
    resource.kind: resource
    for resource in (
        customers.RESOURCE,
        payment_methods.RESOURCE,
        products.RESOURCE,
        prices.RESOURCE,
        coupons.COUPON,
        coupons.CODE,
        subscriptions.RESOURCE,
        schedules.RESOURCE,
        previews.RESOURCE,
        invoice_payments.RESOURCE,
        credit_notes.RESOURCE,
        payment_intents.RESOURCE,
        setup_intents.RESOURCE,
        charges.RESOURCE,
        balance.RESOURCE,
        refunds.RESOURCE,
        sessions.RESOURCE,
        disputes.RESOURCE,
        disputes.WARNING,
        events.RESOURCE,
        webhook_endpoints.RESOURCE,
        portal.CONFIGURATIONS,
        portal.SESSIONS,
        account.ACCOUNT,
        account.BALANCE,
    )
}
