"""Products and prices: what the catalogue offers has a price at Stripe that takes exactly that."""

from django.conf import settings

from payments import gateway
from payments.catalogue import Offer
from payments.gateway.account import catalogue as stripe_catalogue
from payments.gateway.account.snapshots import PriceView, ProductView
from payments.money import in_words
from payments.selectors.plans import DESCRIPTIONS
from payments.setup.changes import Changes

UNMADE = "(not made yet)"


def terms_differ(offer: Offer, price: PriceView) -> list[str]:
    """How what the price takes is not what is offered, in words; nothing when it is."""
    wrong = []
    if (price.amount, price.currency) != (offer.amount, offer.currency):
        paid, offered = in_words(price.amount, price.currency), in_words(offer.amount, offer.currency)
        wrong.append(f"takes {paid} instead of {offered}")
    if (price.interval, price.interval_count) != ("month", 1):
        every = f"every {price.interval_count} {price.interval}" if price.interval else "once"
        wrong.append(f"is paid {every} instead of every month")
    return wrong


def furnish_price(changes: Changes, offer: Offer) -> str:
    """Have a price for the offer, and answer its id. One with other terms gives way to a new one and is archived:
    whoever has bought at it goes on paying it."""
    standing = _standing(offer)
    product = _product(changes, offer, standing)
    product_id = product.id if product else UNMADE
    if standing is None or terms_differ(offer, standing):
        price_id = _make(changes, offer, product_id)
    else:
        price_id = standing.id
        if standing.lookup_key != offer.lookup_key:
            what = f"{price_id} {offer.lookup_key}"
            changes.make("name", what, stripe_catalogue.name_price, price_id=price_id, lookup_key=offer.lookup_key)
    if product is None or product.default_price_id != price_id:
        what = f"{price_id} the default of {offer.plan.label}"
        changes.make("make", what, stripe_catalogue.set_default_price, product_id=product_id, price_id=price_id)
    if standing is not None and standing.id != price_id:
        what = f"{standing.id}, at which {offer.plan.label} was sold"
        changes.make("archive", what, stripe_catalogue.archive_price, price_id=standing.id)
    return price_id


def _make(changes: Changes, offer: Offer, product_id: str) -> str:
    made = changes.make(
        "make",
        f"the price of {offer.plan.label}: {in_words(offer.amount, offer.currency)} a month",
        stripe_catalogue.create_monthly_price,
        product_id=product_id,
        amount=offer.amount,
        currency=offer.currency,
        lookup_key=offer.lookup_key,
    )
    return made.id if made else UNMADE


def _standing(offer: Offer) -> PriceView | None:
    """The price that has the offer's name, else the one that the environment names, from before names were given."""
    named = stripe_catalogue.price_of_lookup_key(offer.lookup_key)
    if named is not None:
        return named
    try:
        configured = stripe_catalogue.fetch_price(settings.STRIPE_PRICE_IDS.get(offer.plan.value, ""))
    except gateway.ObjectMissing:
        return None
    return configured if configured.is_active else None


def _product(changes: Changes, offer: Offer, standing: PriceView | None) -> ProductView | None:
    product_id = standing.product_id if standing else offer.product_id
    words = {"name": offer.plan.label, "description": DESCRIPTIONS[offer.plan]}
    try:
        product = stripe_catalogue.fetch_product(product_id)
    except gateway.ObjectMissing:
        what = f"the product {offer.plan.label}"
        return changes.make("make", what, stripe_catalogue.create_product, product_id=product_id, **words)
    if (product.name, product.description, product.is_active) != (*words.values(), True):
        what = f"the product {offer.plan.label}"
        changes.make("describe", what, stripe_catalogue.update_product, product_id=product_id, **words)
    return product
