from typing import TYPE_CHECKING, Any, cast

from payments.gateway.account.snapshots import PortalView, portal_view
from payments.gateway.connection.client import stripe_client

if TYPE_CHECKING:
    from stripe.params.billing_portal import ConfigurationCreateParams, ConfigurationUpdateParams


def portals() -> tuple[PortalView, ...]:
    """The configurations of the customer portal that are in use."""
    with stripe_client() as client:
        found = client.v1.billing_portal.configurations.list({"active": True, "limit": 100})
        return tuple(portal_view(portal.to_dict()) for portal in found.auto_paging_iter())


def create_portal(*, key: str, purpose: str, features: dict[str, Any], return_url: str) -> PortalView:
    params = {"features": features, "default_return_url": return_url, "metadata": {"purpose": purpose}}
    with stripe_client() as client:
        portal = client.v1.billing_portal.configurations.create(
            cast("ConfigurationCreateParams", params), {"idempotency_key": key}
        )
    return portal_view(portal.to_dict())


def update_portal(*, key: str, portal_id: str, features: dict[str, Any], return_url: str) -> None:
    params = {"features": features, "default_return_url": return_url}
    with stripe_client() as client:
        client.v1.billing_portal.configurations.update(
            portal_id, cast("ConfigurationUpdateParams", params), {"idempotency_key": key}
        )
