"""What customers may do on Stripe's own pages. Plans change with us alone, where access follows what is paid."""

from typing import Any

from django.conf import settings

from payments.gateway.account import portals as stripe_portals
from payments.gateway.account.snapshots import PortalView
from payments.notices.kinds import BILLING_PAGE
from payments.setup.changes import Changes

PURPOSE = "numerai"
FEATURES: dict[str, Any] = {
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True},
    "customer_update": {"enabled": True, "allowed_updates": ["address", "name", "tax_id"]},
    "subscription_cancel": {"enabled": True, "mode": "at_period_end"},
    "subscription_update": {"enabled": False},
}


def furnish_portal(changes: Changes) -> str | None:
    """Have a configuration, and answer its id; None when a dry run has none yet."""
    back = f"{settings.FRONTEND_URL.rstrip('/')}{BILLING_PAGE}"
    portal = standing()
    if portal is None:
        made = changes.make(
            "make",
            "the configuration of the customer portal",
            stripe_portals.create_portal,
            purpose=PURPOSE,
            features=FEATURES,
            return_url=back,
        )
        return made.id if made else None
    if not allows_exactly(portal) or portal.return_url != back:
        changes.make(
            "change",
            "what the customer portal allows",
            stripe_portals.update_portal,
            portal_id=portal.id,
            features=FEATURES,
            return_url=back,
        )
    return portal.id


def standing() -> PortalView | None:
    return next((each for each in stripe_portals.portals() if each.purpose == PURPOSE), None)


def allows_exactly(portal: PortalView) -> bool:
    return all(
        portal.features[name].get(setting) == value
        for name, wanted in FEATURES.items()
        for setting, value in wanted.items()
    )
