"""Webhook endpoints; their secret is answered once, when they are created."""

from stripe import api_version

from dev.local_stripe.api.changes import set_fields
from dev.local_stripe.api.routes import Call, Resource
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

KIND = "webhook_endpoint"
FIELDS = "url enabled_events description metadata"

RESOURCE = Resource(KIND, "/v1/webhook_endpoints")
RESOURCE.readable("WebhookEndpointRetrieveParams")
RESOURCE.listable("WebhookEndpointListParams")


def new_endpoint(world: World, *, url: str, secrets: tuple[str, ...], events: list[str]) -> Document:
    """Several secrets sign every delivery side by side, as during a rotation."""
    endpoint = world.new(KIND, "we", api_version=api_version, status="enabled")
    return endpoint | {"url": url, "enabled_events": events, "_secrets": list(secrets)}


@RESOURCE.on("POST", "", "WebhookEndpointCreateParams", f"api_version {FIELDS}")
def create(world: World, call: Call) -> Document:
    secret = world.new_id("whsec")
    events = call.params["enabled_events"]
    endpoint = new_endpoint(world, url=call.params["url"], secrets=(secret,), events=events)
    set_fields(endpoint, call.params, f"api_version {FIELDS}")
    return world.put(KIND, endpoint) | {"secret": secret}


@RESOURCE.on("POST", "/{id}", "WebhookEndpointUpdateParams", f"disabled {FIELDS}")
def update(world: World, call: Call) -> Document:
    endpoint = world.living(KIND, call.id)
    set_fields(endpoint, call.params, FIELDS)
    if "disabled" in call.params:
        endpoint["status"] = "disabled" if call.params["disabled"] else "enabled"
    return world.put(KIND, endpoint)


@RESOURCE.on("DELETE", "/{id}", "WebhookEndpointDeleteParams")
def delete(world: World, call: Call) -> Document:
    world.put(KIND, world.living(KIND, call.id) | {"_deleted": True, "status": "disabled"})
    return {"id": call.id, "object": KIND, "deleted": True}
