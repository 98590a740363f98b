"""Every object type of this Stripe: the resources that these modules hold."""

from importlib import import_module

from dev.local_stripe.api import Resource

MODULES = (
    "invoices.invoices resources.cards resources.catalogue resources.charges resources.customers resources.discounts "
    "resources.disputes resources.events resources.intents resources.portal resources.sessions "
    "subscriptions.schedules subscriptions.subscriptions"
)
RESOURCES = {
    found.kind: found
    for module in MODULES.split()
    for found in vars(import_module(f"dev.local_stripe.{module}")).values()
    if isinstance(found, Resource)
}
