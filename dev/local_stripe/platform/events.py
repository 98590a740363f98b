"""Events over the API."""

from fnmatch import fnmatchcase

from dev.local_stripe.api.contract import Params
from dev.local_stripe.api.routes import Resource
from dev.local_stripe.webhooks.deliveries import undelivered
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import DAY, World

RETENTION = 30 * DAY


def render(world: World, event: Document) -> Document:
    event["pending_webhooks"] = undelivered(world, event["id"])
    return event


def _keep(world: World, event: Document, params: Params) -> bool:
    if event["created"] < world.now() - RETENTION:
        return False
    patterns = params.get("types", [params.get("type", "*")])
    if not any(fnmatchcase(event["type"], pattern) for pattern in patterns):
        return False
    wanted = params.get("delivery_success")
    return wanted is None or (undelivered(world, event["id"]) == 0) == wanted


RESOURCE = Resource("event", "/v1/events", render=render)
RESOURCE.readable("EventRetrieveParams")
RESOURCE.listable("EventListParams", "", "type types delivery_success", _keep)
