"""Where Stripe sends its events: one endpoint, at our version of the API, for the events that we handle."""

from django.urls import reverse

from payments.gateway.account import endpoints as stripe_endpoints
from payments.gateway.account.snapshots import EndpointView
from payments.setup.changes import Changes
from payments.webhooks.subscribed import EVENTS


def ours(url: str = "") -> list[EndpointView]:
    """The endpoints at ``url``, or at whatever address ends with our path; those at our version come first."""
    path = reverse("stripe-webhook")
    found = stripe_endpoints.webhook_endpoints()
    chosen = [each for each in found if (each.url == url if url else each.url.endswith(path))]
    return sorted(chosen, key=lambda each: (not is_current(each), each.id))


def is_current(endpoint: EndpointView) -> bool:
    """Whether it speaks the version that we understand, which cannot be changed once it is made."""
    return endpoint.api_version == stripe_endpoints.pinned_version()


def furnish_endpoint(changes: Changes, url: str) -> EndpointView | None:
    """Have one; answers it if it was made now, with the secret that nobody can read again."""
    current = next((each for each in ours(url) if is_current(each)), None)
    if current is None:
        what = f"the webhook endpoint {url}"
        return changes.make("make", what, stripe_endpoints.create_endpoint, url=url, events=EVENTS)
    if set(current.events) != set(EVENTS) or not current.is_enabled:
        what = f"{current.id} to exactly our events"
        changes.make("subscribe", what, stripe_endpoints.update_endpoint, endpoint_id=current.id, events=EVENTS)
    return None
