"""Somebody changed a price or a product at Stripe: if it is one that we sell at, operators are told what is wrong."""

import structlog
from django.db import transaction

from numerai.common import clock
from payments.catalogue import OFFERS, plan_of_price
from payments.dashboard import dashboard_url
from payments.gateway import is_livemode
from payments.notices.kinds import OPERATOR_PRICE_WRONG
from payments.notices.operators import tell_operators
from payments.setup.checking import problems_of_price

log = structlog.get_logger(__name__)


def look_at_price(price_id: str) -> None:
    """Nothing for a price that is not sold now; else one look at it."""
    plan = plan_of_price(price_id)
    if plan is None:
        return
    found = problems_of_price(OFFERS[plan])
    if not found:
        return
    log.error("sold_price_wrong", plan=plan.value, price=price_id, problems=found)
    context = {"plan": plan.label, "problem": " ".join(found)}
    # Several events tell of one change; the same mistake made again on another day is news.
    key = f"{OPERATOR_PRICE_WRONG}:{price_id}:{clock.now().date()}:{context['problem']}"
    with transaction.atomic():
        tell_operators(
            OPERATOR_PRICE_WRONG,
            context,
            key[:255],
            dashboard_url("prices", price_id, livemode=is_livemode()),
            permission="payments.view_subscription",
        )


def look_at_product(product_id: str, default_price_id: str) -> None:
    """The product's price is looked at, if we sell at it."""
    own = next((offer.price_id for offer in OFFERS.values() if offer.product_id == product_id), "")
    look_at_price(default_price_id if plan_of_price(default_price_id) else own)
