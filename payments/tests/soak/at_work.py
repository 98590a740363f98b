"""What makes a Celery worker one of the soak's: it sells the same things, and does its tasks at the simulated time.

How far that is from the real time stands in the file that SOAK_CLOCK names.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import stripe
import time_machine
from celery.signals import task_postrun, task_prerun, worker_process_init

from payments.gateway.connection.breaker import breaker
from payments.tests.soak import goods

_travels: list[Any] = []


def travel(**_: Any) -> None:
    distance = float(Path(os.environ["SOAK_CLOCK"]).read_text())
    journey = time_machine.travel(datetime.now(UTC) + timedelta(seconds=distance))
    journey.start()
    _travels.append(journey)
    # Its pause is over: between two tasks hours have passed.
    breaker.close()


def go_home(**_: Any) -> None:
    while _travels:
        _travels.pop().stop()


def hurry(**_: Any) -> None:
    stripe.HTTPClient.INITIAL_DELAY = 0.01


if "SOAK_CLOCK" in os.environ:
    goods.register()
    task_prerun.connect(travel)
    task_postrun.connect(go_home)
    worker_process_init.connect(hurry)
