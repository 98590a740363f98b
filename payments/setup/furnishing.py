from dataclasses import dataclass

from payments.catalogue import OFFERS
from payments.gateway.account.endpoints import pinned_version
from payments.setup.changes import Changes
from payments.setup.endpoints import furnish_endpoint, is_current, ours
from payments.setup.portal import furnish_portal
from payments.setup.prices import furnish_price


@dataclass(frozen=True)
class Furnished:
    """What a run has changed, what belongs into the environment by its variable, and what an operator has to know."""

    changes: list[str]
    environment: dict[str, str]
    notes: list[str]


def furnish(*, webhook_url: str = "", is_dry: bool = False) -> Furnished:
    """Have everything at Stripe that the product needs; a second run changes nothing. Without ``webhook_url`` an
    endpoint that stands at our path is looked after, and none is made.

    Raises StripeUnavailable, StripeMisconfigured.
    """
    changes, notes = Changes(is_dry=is_dry), list[str]()
    environment = {f"STRIPE_PRICE_ID_{plan.name}": furnish_price(changes, offer) for plan, offer in OFFERS.items()}
    environment["STRIPE_PORTAL_CONFIGURATION_ID"] = furnish_portal(changes) or ""
    standing = ours(webhook_url)
    url = webhook_url or (standing[0].url if standing else "")
    if url:
        made = furnish_endpoint(changes, url)
        if made is not None:
            environment["STRIPE_WEBHOOK_SECRET"] = made.secret
    else:
        notes.append("No webhook endpoint stands at our path. Give its address with --webhook-url to make one.")
    notes += [
        f"{old.id} sends events of version {old.api_version or 'of the account'} instead of {pinned_version()}. Delete "
        "it when the new endpoint's secret is in use."
        for old in standing
        if not is_current(old)
    ]
    return Furnished(changes.sentences, {name: value for name, value in environment.items() if value}, notes)
