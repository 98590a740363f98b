"""Events over the API."""

from fnmatch import fnmatchcase

from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.errors import no_such
from dev.local_stripe.api.routes import Call, Resource
from dev.local_stripe.webhooks.deliveries import undelivered
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import DAY, World

RETENTION = 30 * DAY


def render(world: World, event: Document) -> Document:
    event["pending_webhooks"] = undelivered(world, event["id"])
    return event


def _is_kept(world: World, event: Document) -> bool:
    return bool(event["created"] >= world.now() - RETENTION)


def _keep(world: World, event: Document, params: Params) -> bool:
    if not _is_kept(world, event):
        return False
    patterns = params.get("types", [params.get("type", "*")])
    if not any(fnmatchcase(event["type"], pattern) for pattern in patterns):
        return False
    wanted = params.get("delivery_success")
    return wanted is None or (undelivered(world, event["id"]) == 0) == wanted


RESOURCE = Resource("event", "/v1/events", render=render)
RESOURCE.listable("EventListParams", "", "type types delivery_success", _keep)


@RESOURCE.on("GET", "/{id}", "EventRetrieveParams")
def retrieve(world: World, call: Call) -> Document:
    event = world.get("event", call.id)
    if not _is_kept(world, event):
        raise no_such("event", call.id, status=404)
    return event
