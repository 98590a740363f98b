"""Events over the API."""

from fnmatch import fnmatchcase

from dev.local_stripe.api.listing import LIST_PARAMS, page
from dev.local_stripe.api.routes import Call, Resource, Route
from dev.local_stripe.webhooks.deliveries import undelivered
from dev.local_stripe.world.storage import Document
from dev.local_stripe.world.world import DAY, World

RETENTION = 30 * DAY


def render(world: World, event: Document) -> Document:
    event["pending_webhooks"] = undelivered(world, event["id"])
    return event


def retrieve(world: World, call: Call) -> Document:
    return world.render("event", world.get("event", call.id))


def list_events(world: World, call: Call) -> Document:
    params = call.params
    types = params.get("types", [params["type"]] if "type" in params else ["*"])

    def keep(event: Document) -> bool:
        if event["created"] < world.now() - RETENTION:
            return False
        if not any(fnmatchcase(event["type"], pattern) for pattern in types):
            return False
        wanted = params.get("delivery_success")
        return wanted is None or (undelivered(world, event["id"]) == 0) == wanted

    return page(world, call, "event", "/v1/events", keep)


RESOURCE = Resource(
    kind="event",
    render=render,
    routes=(
        Route(
            "GET",
            "/v1/events",
            list_events,
            "EventListParams",
            f"type types created delivery_success {LIST_PARAMS}",
        ),
        Route("GET", "/v1/events/{id}", retrieve, "EventRetrieveParams"),
    ),
)
