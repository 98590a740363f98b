from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import stripe

from payments.gateway.account.snapshots import EndpointView, endpoint_view
from payments.gateway.connection.client import stripe_client

if TYPE_CHECKING:
    from stripe.params import WebhookEndpointCreateParams, WebhookEndpointUpdateParams


def pinned_version() -> str:
    """The version of the API that we ask for and understand."""
    return str(stripe.api_version)


def webhook_endpoints() -> tuple[EndpointView, ...]:
    with stripe_client() as client:
        found = client.v1.webhook_endpoints.list({"limit": 100})
        return tuple(endpoint_view(endpoint.to_dict()) for endpoint in found.auto_paging_iter())


def create_endpoint(*, key: str, url: str, events: Sequence[str]) -> EndpointView:
    """An endpoint at our version of the API. Its secret is in this answer and in none after it."""
    params = {"url": url, "enabled_events": list(events), "api_version": pinned_version()}
    with stripe_client() as client:
        endpoint = client.v1.webhook_endpoints.create(
            cast("WebhookEndpointCreateParams", params), {"idempotency_key": key}
        )
    return endpoint_view(endpoint.to_dict())


def update_endpoint(*, key: str, endpoint_id: str, events: Sequence[str]) -> None:
    """Have it enabled, for exactly these events."""
    params = {"enabled_events": list(events), "disabled": False}
    with stripe_client() as client:
        client.v1.webhook_endpoints.update(
            endpoint_id, cast("WebhookEndpointUpdateParams", params), {"idempotency_key": key}
        )
