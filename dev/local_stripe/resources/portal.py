"""The customer portal: its configurations and the sessions that lead a customer there."""

from typing import Any

from dev.local_stripe.api import Call, Document, Params, Resource, World, missing, set_fields

CONFIGURATION, SESSION = "billing_portal.configuration", "billing_portal.session"
FIELDS = "default_return_url metadata name"
SETTINGS = f"business_profile features login_page {FIELDS}"
DEFAULTS = {
    "subscription_cancel": {"mode": "at_period_end", "proration_behavior": "none"},
    "subscription_pause": {"duration": {"type": "indefinite"}},
    "subscription_update": {"proration_behavior": "none", "trial_update_behavior": "end_trial"},
}
EVERYTHING = {
    name: {"enabled": True}
    for name in ("invoice_history", "payment_method_update", "subscription_cancel", "subscription_update")
}

CONFIGURATIONS = Resource(CONFIGURATION, "/v1/billing_portal/configurations").reads().lists("active is_default")
SESSIONS = Resource(SESSION, "/v1/billing_portal/sessions")


def _merge(base: Document, given: dict[str, Any]) -> Document:
    """The base with what was given put over it, hash by hash; an empty string clears."""
    merged = dict(base)
    for name, value in given.items():
        old = base.get(name)
        if isinstance(value, dict) and isinstance(old, dict):
            merged[name] = _merge(old, value)
        else:
            merged[name] = ([] if isinstance(old, list) else None) if value == "" else value
    return merged


def _configure(configuration: Document, params: Params) -> Document:
    set_fields(configuration, params, FIELDS)
    for name in ("business_profile", "features", "login_page"):
        configuration[name] = _merge(configuration[name], params.get(name, {}))
    for product in configuration["features"]["subscription_update"]["products"] or []:
        product.setdefault("adjustable_quantity", {"enabled": False, "maximum": None, "minimum": 0})
    return configuration


def _new_configuration(world: World, params: Params, *, is_default: bool = False) -> Document:
    configuration = world.new(CONFIGURATION, "bpc", active=True, is_default=is_default, updated=world.now())
    configuration["features"] = _merge(configuration["features"], DEFAULTS)
    return world.put(CONFIGURATION, _configure(configuration, params), f"{CONFIGURATION}.created")


@CONFIGURATIONS.creates(SETTINGS)
def create_configuration(world: World, call: Call) -> Document:
    return _new_configuration(world, call.params)


@CONFIGURATIONS.updates(f"active {SETTINGS}")
def update_configuration(world: World, call: Call) -> Document:
    configuration = world.get(CONFIGURATION, call.id) | {"updated": world.now()}
    set_fields(configuration, call.params, "active")
    return world.put(CONFIGURATION, _configure(configuration, call.params), f"{CONFIGURATION}.updated")


def _default_configuration(world: World) -> Document:
    """The account's own settings, which allow everything."""
    found = [each for each in world.all(CONFIGURATION) if each["is_default"]]
    return found[0] if found else _new_configuration(world, {"features": EVERYTHING}, is_default=True)


@SESSIONS.creates("customer configuration locale return_url")
def create_session(world: World, call: Call) -> Document:
    params = call.params
    if "customer" not in params:
        raise missing("customer")
    customer = world.refer("customer", params["customer"], "customer")["id"]
    if "configuration" in params:
        configuration = world.refer(CONFIGURATION, params["configuration"], "configuration")
    else:
        configuration = _default_configuration(world)
    session = world.new(SESSION, "bps", customer=customer, configuration=configuration["id"])
    session |= {"locale": params.get("locale"), "url": f"{world.base_url}/portal/{session['id']}"}
    session["return_url"] = params.get("return_url", configuration["default_return_url"])
    return world.put(SESSION, session, f"{SESSION}.created")
