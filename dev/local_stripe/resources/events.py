"""Events and webhook endpoints."""

from fnmatch import fnmatchcase

from stripe import api_version

from dev.local_stripe.api import DAY, Call, Document, Params, Resource, World, set_fields
from dev.local_stripe.webhooks import undelivered

RETENTION = 30 * DAY


def _render_event(world: World, event: Document) -> Document:
    event["pending_webhooks"] = undelivered(world, event["id"])
    return event


def _is_kept(world: World, event: Document) -> bool:
    return bool(event["created"] >= world.now() - RETENTION)


def _keeps_event(world: World, event: Document, params: Params) -> bool:
    if not _is_kept(world, event):
        return False
    patterns = params.get("types", [params.get("type", "*")])
    if not any(fnmatchcase(event["type"], pattern) for pattern in patterns):
        return False
    wanted = params.get("delivery_success")
    return wanted is None or (undelivered(world, event["id"]) == 0) == wanted


EVENT = Resource("event", "/v1/events", render=_render_event).lists("", "type types delivery_success", _keeps_event)


ENDPOINT_KIND = "webhook_endpoint"
ENDPOINT_FIELDS = "url enabled_events description metadata"

ENDPOINT = Resource(ENDPOINT_KIND, "/v1/webhook_endpoints").reads().lists()


def new_endpoint(world: World, *, url: str, secrets: tuple[str, ...], events: list[str]) -> Document:
    """Several secrets sign every delivery side by side, as during a rotation."""
    endpoint = world.new(ENDPOINT_KIND, "we", api_version=api_version, status="enabled")
    return endpoint | {"url": url, "enabled_events": events, "_secrets": list(secrets)}


@ENDPOINT.creates(f"api_version {ENDPOINT_FIELDS}")
def create_endpoint(world: World, call: Call) -> Document:
    secret = world.new_id("whsec")
    events = call.params["enabled_events"]
    endpoint = new_endpoint(world, url=call.params["url"], secrets=(secret,), events=events)
    set_fields(endpoint, call.params, f"api_version {ENDPOINT_FIELDS}")
    return world.put(ENDPOINT_KIND, endpoint) | {"secret": secret}


@ENDPOINT.updates(f"disabled {ENDPOINT_FIELDS}")
def update_endpoint(world: World, call: Call) -> Document:
    endpoint = world.living(ENDPOINT_KIND, call.id)
    set_fields(endpoint, call.params, ENDPOINT_FIELDS)
    if "disabled" in call.params:
        endpoint["status"] = "disabled" if call.params["disabled"] else "enabled"
    return world.put(ENDPOINT_KIND, endpoint)


@ENDPOINT.deletes()
def delete_endpoint(world: World, call: Call) -> Document:
    world.put(ENDPOINT_KIND, world.living(ENDPOINT_KIND, call.id) | {"_deleted": True, "status": "disabled"})
    return {"id": call.id, "object": ENDPOINT_KIND, "deleted": True}
