"""Whether what stands at Stripe is what this code was written for. Only looks."""

from django.conf import settings

from payments import gateway
from payments.catalogue import OFFERS, Offer
from payments.gateway.account import catalogue as stripe_catalogue
from payments.gateway.account.endpoints import pinned_version
from payments.gateway.account.snapshots import EndpointView
from payments.setup import portal
from payments.setup.endpoints import ours
from payments.setup.prices import terms_differ
from payments.webhooks.subscribed import EVENTS

MODES = {True: "live", False: "test"}


def problems(*, webhook_url: str = "") -> list[str]:
    """What is wrong, a sentence each. Raises StripeUnavailable when Stripe cannot be reached, StripeMisconfigured when
    it refuses the key."""
    return [
        *(problem for offer in OFFERS.values() for problem in problems_of_price(offer)),
        *_of_endpoints(ours(webhook_url)),
        *_of_portal(),
    ]


def problems_of_price(offer: Offer) -> list[str]:
    """Why nobody could buy the offer, or would not pay what it says. One look at Stripe."""
    variable = f"STRIPE_PRICE_ID_{offer.plan.name}"
    try:
        price = stripe_catalogue.fetch_price(offer.price_id)
    except gateway.ObjectMissing:
        return [f"{variable} names {offer.price_id or 'nothing'}, which Stripe does not know."]
    wrong = terms_differ(offer, price)
    if not price.is_active:
        wrong.append("is archived, so nobody can subscribe")
    if not price.is_product_active:
        wrong.append("belongs to an archived product, so nobody can subscribe")
    if price.livemode != gateway.is_livemode():
        wrong.append(f"is for {MODES[price.livemode]} money, and the key for {MODES[gateway.is_livemode()]} money")
    return [f"{variable}: {price.id} {each}." for each in wrong]


def _of_endpoints(endpoints: list[EndpointView]) -> list[str]:
    if not endpoints:
        return ["No webhook endpoint leads to us: nothing that happens at Stripe would be heard of."]
    return [f"{endpoint.id}: {each}." for endpoint in endpoints for each in _of_endpoint(endpoint)]


def _of_endpoint(endpoint: EndpointView) -> list[str]:
    missing, needless = sorted(set(EVENTS) - set(endpoint.events)), sorted(set(endpoint.events) - set(EVENTS))
    wrong = []
    if endpoint.api_version != pinned_version():
        wrong.append(f"it sends version {endpoint.api_version or 'of the account'} instead of {pinned_version()}")
    if not endpoint.is_enabled:
        wrong.append("it is disabled")
    if missing and "*" not in endpoint.events:
        wrong.append(f"it does not send {', '.join(missing)}")
    if needless:
        wrong.append(f"it sends {', '.join(needless)}, which we do not handle")
    if endpoint.livemode != gateway.is_livemode():
        wrong.append(f"it is for {MODES[endpoint.livemode]} money")
    return wrong


def _of_portal() -> list[str]:
    found = portal.standing()
    if found is None:
        return ["The customer portal is not set up."]
    wrong = [] if portal.allows_exactly(found) else ["The customer portal allows other things than it should."]
    if found.id != settings.STRIPE_PORTAL_CONFIGURATION_ID:
        wrong.append(f"STRIPE_PORTAL_CONFIGURATION_ID should be {found.id}.")
    return wrong
