"""Webhook endpoints; their secret is answered once, when they are created."""

from stripe import api_version

from dev.local_stripe.api.changes import set_fields, set_metadata
from dev.local_stripe.api.listing import LIST_PARAMS, page
from dev.local_stripe.api.routes import Call, Resource, Route
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import World

KIND = "webhook_endpoint"
FIELDS = "url enabled_events description"


def new_endpoint(
    world: World, *, url: str, secrets: tuple[str, ...], events: list[str], identifier: str | None = None
) -> Document:
    """Several secrets sign every delivery side by side, as during a rotation."""
    return {
        "id": identifier or world.new_id("we"),
        "object": KIND,
        "api_version": api_version,
        "application": None,
        "created": world.now(),
        "description": None,
        "enabled_events": events,
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": url,
        "_secrets": list(secrets),
    }


def create(world: World, call: Call) -> Document:
    secret = world.new_id("whsec")
    events = call.params["enabled_events"]
    endpoint = new_endpoint(world, url=call.params["url"], secrets=(secret,), events=events)
    set_fields(endpoint, call.params, "description")
    set_metadata(endpoint, call.params)
    return world.render(KIND, world.put(KIND, endpoint)) | {"secret": secret}


def retrieve(world: World, call: Call) -> Document:
    return world.render(KIND, world.get(KIND, call.id))


def update(world: World, call: Call) -> Document:
    endpoint = world.get(KIND, call.id)
    set_fields(endpoint, call.params, FIELDS)
    set_metadata(endpoint, call.params)
    if "disabled" in call.params:
        endpoint["status"] = "disabled" if call.params["disabled"] else "enabled"
    return world.render(KIND, world.put(KIND, endpoint))


def delete(world: World, call: Call) -> Document:
    endpoint = world.get(KIND, call.id)
    world.put(KIND, endpoint | {"_deleted": True, "status": "disabled"})
    return {"id": endpoint["id"], "object": KIND, "deleted": True}


def list_endpoints(world: World, call: Call) -> Document:
    return page(world, call, KIND, "/v1/webhook_endpoints")


RESOURCE = Resource(
    kind=KIND,
    routes=(
        Route(
            "POST",
            "/v1/webhook_endpoints",
            create,
            "WebhookEndpointCreateParams",
            f"metadata {FIELDS}",
        ),
        Route("GET", "/v1/webhook_endpoints", list_endpoints, "WebhookEndpointListParams", LIST_PARAMS),
        Route("GET", "/v1/webhook_endpoints/{id}", retrieve, "WebhookEndpointRetrieveParams"),
        Route(
            "POST",
            "/v1/webhook_endpoints/{id}",
            update,
            "WebhookEndpointUpdateParams",
            f"disabled metadata {FIELDS}",
        ),
        Route("DELETE", "/v1/webhook_endpoints/{id}", delete, "WebhookEndpointDeleteParams"),
    ),
)
