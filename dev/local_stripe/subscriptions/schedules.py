"""Subscription schedules: phases that the clock puts in force one after the other."""

from itertools import pairwise, zip_longest
from typing import Any

from stripe import SubscriptionSchedule

from dev.local_stripe.api import DAY, Call, Document, Params, Resource, World, invalid, missing, set_fields
from dev.local_stripe.subscriptions import standing
from dev.local_stripe.subscriptions.billing import quantity_of, usable_price
from dev.local_stripe.subscriptions.changes import change_items
from dev.local_stripe.subscriptions.standing import RENEWING, cancel_now
from dev.local_stripe.world.periods import add_intervals
from dev.local_stripe.world.shapes import blank_part

KIND = "subscription_schedule"
UPDATED = f"{KIND}.updated"
EXPIRY_NOTICE = 7 * DAY
PHASE = (
    "items.price items.quantity items.metadata start_date end_date proration_behavior metadata "
    "default_payment_method discounts.discount"
)
PHASES = " ".join(f"phases.{name}" for name in f"{PHASE} duration.interval duration.interval_count".split())


RESOURCE = Resource(KIND, "/v1/subscription_schedules").reads().lists("customer")


def _phase(currency: str, start: int, end: int, items: list[Document], behavior: str) -> Document:
    kept = [blank_part(SubscriptionSchedule.Phase.Item) | item | {"plan": item["price"]} for item in items]
    phase = {"currency": currency, "start_date": start, "end_date": end, "items": kept}
    return blank_part(SubscriptionSchedule.Phase) | phase | {"proration_behavior": behavior}


def _terms(subscription: Document) -> Document:
    """What a phase says besides its items, taken from the subscription."""
    discounts = [{"coupon": None, "discount": each, "promotion_code": None} for each in subscription["discounts"]]
    return {"default_payment_method": subscription["default_payment_method"], "discounts": discounts}


def _set_terms(subscription: Document, phase: Document) -> None:
    """A phase that names no card or discounts has none of its own."""
    subscription["default_payment_method"] = phase["default_payment_method"]
    subscription["discounts"] = [each["discount"] for each in phase["discounts"]]


@RESOURCE.creates("from_subscription")
def create(world: World, call: Call) -> Document:
    """Takes an existing subscription under a schedule of one phase: its present period."""
    if "from_subscription" not in call.params:
        raise invalid("The local Stripe makes schedules `from_subscription` only.", param="from_subscription")
    subscription = world.refer("subscription", call.params["from_subscription"], "from_subscription")
    if subscription["status"] not in RENEWING or subscription["schedule"] is not None:
        message = "You cannot migrate a subscription that is over, incomplete or attached to a schedule already."
        raise invalid(message, param="from_subscription")
    items = subscription["items"]["data"]
    start, end = items[0]["current_period_start"], items[0]["current_period_end"]
    names = ("price", "quantity", "metadata")
    kept = [{name: item[name] for name in names} for item in items]
    schedule = world.new(
        KIND,
        "sub_sched",
        billing_mode=subscription["billing_mode"],
        current_phase={"start_date": start, "end_date": end},
        customer=subscription["customer"],
        end_behavior="cancel" if subscription["cancel_at_period_end"] else "release",
        phases=[_phase(subscription["currency"], start, end, kept, "create_prorations") | _terms(subscription)],
        status="active",
        subscription=subscription["id"],
        _told_of_end=None,
    )
    settings = schedule["default_settings"]
    settings |= {"billing_cycle_anchor": "automatic", "collection_method": subscription["collection_method"]}
    settings["invoice_settings"]["issuer"]["type"] = "self"
    world.put(KIND, schedule, f"{KIND}.created")
    world.put("subscription", subscription | {"schedule": schedule["id"]}, standing.UPDATED)
    return schedule


@RESOURCE.updates(f"end_behavior metadata {PHASES}")
def update(world: World, call: Call) -> Document:
    schedule, params = _running(world, call), call.params
    set_fields(schedule, params, "end_behavior metadata")
    subscription = world.get("subscription", schedule["subscription"])
    if "phases" in params:
        schedule["phases"] = _phases(world, schedule, subscription, params["phases"])
        current = next(phase for phase in schedule["phases"] if phase["end_date"] > world.now())
        schedule["current_phase"] = {name: current[name] for name in ("start_date", "end_date")}
        items = [(item["price"], item["quantity"]) for item in subscription["items"]["data"]]
        if [(item["price"], item["quantity"]) for item in current["items"]] != items:
            raise invalid("The local Stripe leaves the present phase as it is.", param="phases[0][items]")
    world.put(KIND, schedule, UPDATED)
    _set_end(world, schedule)
    return schedule


def _running(world: World, call: Call) -> Document:
    schedule = world.get(KIND, call.id)
    if schedule["status"] != "active":
        raise invalid(f"The subscription schedule is {schedule['status']}; only an active one can be changed.")
    return schedule


def _phases(world: World, schedule: Document, subscription: Document, given: list[Params]) -> list[Document]:
    """The phases of a request, each starting where the one before ends."""
    phases: list[Document] = []
    for place, params in enumerate(given):
        param = f"phases[{place}]"
        begun = phases[-1]["end_date"] if phases else schedule["current_phase"]["start_date"]
        items = [
            _phase_item(world, subscription, item, f"{param}[items][{n}]") for n, item in enumerate(params["items"])
        ]
        start = _moment(world, params.get("start_date", begun))
        if start != begun:
            raise invalid("A phase must start where the one before it ends.", param=f"{param}[start_date]")
        end = _end(world, params, start, items)
        behavior = params.get("proration_behavior", "create_prorations")
        phase = _phase(subscription["currency"], start, end, items, behavior)
        set_fields(phase, params, "metadata default_payment_method")
        phase["discounts"] = [{"coupon": None, "promotion_code": None, **each} for each in params.get("discounts", [])]
        phases.append(phase)
    ends = [schedule["current_phase"]["start_date"], *(phase["end_date"] for phase in phases)]
    if not phases or ends[-1] <= world.now() or any(later <= sooner for sooner, later in pairwise(ends)):
        raise invalid("Phases must have an end after their start, the last one in the future.", param="phases")
    return phases


def _phase_item(world: World, subscription: Document, entry: Params, param: str) -> Document:
    if "price" not in entry:
        raise missing(f"{param}[price]")
    price = usable_price(world, subscription, entry["price"], param)["id"]
    quantity = quantity_of(entry, 1, param)
    return {"price": price, "quantity": quantity, "metadata": dict(entry.get("metadata") or {})}


def _end(world: World, params: Params, start: int, items: list[Document]) -> int:
    if "end_date" in params:
        return _moment(world, params["end_date"])
    duration = params.get("duration") or world.get("price", items[0]["price"])["recurring"]
    return add_intervals(start, {"interval_count": 1, **duration}, 1)


def _moment(world: World, given: Any) -> int:
    return world.now() if given == "now" else int(given)


def _enforce(world: World, subscription: Document, phase: Document) -> None:
    """Gives the subscription the phase's items; at the end of a period nothing is left to prorate."""
    wanted = [{name: item[name] for name in ("price", "quantity", "metadata")} for item in phase["items"]]
    present: list[Params] = [{"id": item["id"]} for item in subscription["items"]["data"]]
    nothing: Params = {}
    pairs = zip_longest(present, wanted, fillvalue=nothing)
    entries = [held | (item or {"deleted": True}) for held, item in pairs]
    boundary = subscription["items"]["data"][0]["current_period_end"] <= world.now()
    params = {"items": entries, "proration_behavior": "none" if boundary else phase["proration_behavior"]}
    change_items(world, subscription, params, automatic=True)


def move_on(world: World, schedule_id: str) -> None:
    """The current phase is over: the next one holds, or the schedule ends as it says."""
    schedule = world.get(KIND, schedule_id)
    coming = [phase for phase in schedule["phases"] if phase["start_date"] >= schedule["current_phase"]["end_date"]]
    if coming:
        schedule["current_phase"] = {name: coming[0][name] for name in ("start_date", "end_date")}
        world.put(KIND, schedule, UPDATED)
        subscription = world.get("subscription", schedule["subscription"])
        _set_terms(subscription, coming[0])
        _enforce(world, subscription, coming[0])
    elif schedule["end_behavior"] == "cancel":
        schedule |= {"status": "completed", "completed_at": world.now(), "current_phase": None}
        world.put(KIND, schedule, f"{KIND}.completed")
        cancel_now(world, schedule["subscription"], reason="cancellation_requested")
    else:
        _release(world, schedule)


def announce_end(world: World, schedule_id: str) -> None:
    told = {"_told_of_end": world.get(KIND, schedule_id)["phases"][-1]["end_date"]}
    world.change(KIND, schedule_id, told, f"{KIND}.expiring")


@RESOURCE.does("release", "preserve_cancel_date")
def release(world: World, call: Call) -> Document:
    """The subscription goes on as it is, without the phases to come."""
    schedule = _running(world, call)
    if not call.params.get("preserve_cancel_date"):
        _set_end(world, schedule | {"end_behavior": "release"})
    return _release(world, schedule)


def _release(world: World, schedule: Document) -> Document:
    world.change("subscription", schedule["subscription"], {"schedule": None}, standing.UPDATED)
    left = {"subscription": None, "released_subscription": schedule["subscription"], "current_phase": None}
    schedule |= {"status": "released", "released_at": world.now(), **left}
    return world.put(KIND, schedule, f"{KIND}.released")


def _set_end(world: World, schedule: Document) -> None:
    """A schedule that ends with a cancellation gives the subscription its date; another one takes it away."""
    subscription = world.get("subscription", schedule["subscription"])
    end = schedule["phases"][-1]["end_date"] if schedule["end_behavior"] == "cancel" else None
    if end != subscription["cancel_at"]:
        given = {"cancel_at": end, "cancel_at_period_end": False, "canceled_at": world.now() if end else None}
        subscription["cancellation_details"]["reason"] = "cancellation_requested" if end else None
        world.put("subscription", subscription | given, standing.UPDATED)


@RESOURCE.does("cancel")
def cancel(world: World, call: Call) -> Document:
    """Ends the schedule and its subscription."""
    cancel_now(world, _running(world, call)["subscription"], reason="cancellation_requested")
    return world.get(KIND, call.id)
