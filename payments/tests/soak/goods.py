"""What the soak sells. Celery workers import this module too, so that paying in their process hands it over.

Each call of a handler leaves a row of evidence, by which one sees afterwards that every fact was told once. Workers
do their tasks at the simulated time, whose distance from the real one stands in the file that SOAK_CLOCK names.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import stripe
import time_machine
from celery.signals import task_postrun, task_prerun, worker_process_init

from accounts.models import User
from numerai.common import audit
from payments import purchasables
from payments.gateway.connection.breaker import breaker
from payments.models import Payment
from payments.purchasables import Fee, Limits, Price, Purchasable, Purchase

KIND = "soak_thing"
PAID, REFUNDED = "soak_paid", "soak_refunded"
PRICES = (Price(500, "usd"), Price(2500, "usd"), Price(9900, "usd"), Price(1800, "eur"), Price(700, "jpy"))
SHELF = 12


def price_of(user: User, reference: str) -> Price:
    return PRICES[int(reference) % len(PRICES)]


def _note(action: str, purchase: Purchase) -> None:
    after = {"given_back": purchase.amount_refunded, "amount": purchase.amount}
    audit.record(Payment, purchase.payment_id, action=action, before={}, after=after)


def on_paid(purchase: Purchase) -> None:
    _note(PAID, purchase)


def on_refunded(purchase: Purchase) -> None:
    _note(REFUNDED, purchase)


def register() -> None:
    purchasables.register(
        Purchasable(
            kind=KIND,
            description=lambda user, reference: f"Thing {reference}",
            price=price_of,
            find=lambda user, reference: reference.isdigit() and int(reference) < SHELF,
            on_paid=on_paid,
            on_refunded=on_refunded,
            limits=Limits(per_person=1),
            platform_fee=Fee(basis_points=1000, fixed=30),
        )
    )


_travels: list[Any] = []


def _travel(**_: Any) -> None:
    distance = float(Path(os.environ["SOAK_CLOCK"]).read_text())
    travel = time_machine.travel(datetime.now(UTC) + timedelta(seconds=distance))
    travel.start()
    _travels.append(travel)
    # Its pause is over: between two tasks hours have passed.
    breaker.close()


def _return(**_: Any) -> None:
    while _travels:
        _travels.pop().stop()


def _hurry(**_: Any) -> None:
    stripe.HTTPClient.INITIAL_DELAY = 0.01


if "SOAK_CLOCK" in os.environ:
    register()
    task_prerun.connect(_travel)
    task_postrun.connect(_return)
    worker_process_init.connect(_hurry)
