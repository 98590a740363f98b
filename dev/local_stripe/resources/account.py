"""The account and its balance, events, and webhook endpoints."""

from collections import Counter
from fnmatch import fnmatchcase

from stripe import api_version

from dev.local_stripe.api import DAY, Call, Document, Params, Resource, World, no_such, set_fields
from dev.local_stripe.webhooks import undelivered

ACCOUNT_ID = "acct_1LocalStripe0000"


ACCOUNT = Resource("account", "/v1/account")
BALANCE = Resource("balance", "/v1/balance")


@ACCOUNT.on("GET", "", "RetrieveCurrent")
def retrieve_account(world: World, call: Call) -> Document:
    return {
        "id": ACCOUNT_ID,
        "object": "account",
        "business_type": "company",
        "charges_enabled": True,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": True,
        "email": None,
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }


@BALANCE.on("GET", "", "Retrieve")
def retrieve_balance(world: World, call: Call) -> Document:
    """Net sums by currency, pending until Stripe would pay them out."""
    available: Counter[str] = Counter({"usd": 0})
    pending: Counter[str] = Counter({"usd": 0})
    for transaction in world.all("balance_transaction"):
        ready = world.now() >= transaction["available_on"]
        (available if ready else pending)[transaction["currency"]] += transaction["net"]
    return {
        "object": "balance",
        "available": [_sum(currency, amount) for currency, amount in available.items()],
        "livemode": False,
        "pending": [_sum(currency, amount) for currency, amount in pending.items()],
    }


def _sum(currency: str, amount: int) -> Document:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}


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


@EVENT.on("GET", "/{id}", "Retrieve")
def retrieve_event(world: World, call: Call) -> Document:
    event = world.get("event", call.id)
    if not _is_kept(world, event):
        raise no_such("event", call.id, status=404)
    return event


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
