"""The promise of the whole: whatever is lost, doubled, shuffled or killed, in the end we have what Stripe has.

Small here; ``make soak`` lets 200 people live for two years.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from conftest import make_user
from dev.local_stripe import LocalStripe
from payments import purchasables
from payments.tests.soak import goods
from payments.tests.soak.check import complaints
from payments.tests.soak.drifts import unexplained
from payments.tests.soak.life import Life, Size
from payments.tests.soak.life import Progress as OnDay
from payments.tests.soak.people import Person
from payments.tests.soak.report import report
from payments.tests.soak.town import Town
from payments.tests.soak.workers import Workers


@pytest.fixture
def size() -> Size:
    return Size.from_environment()


@pytest.fixture
def things_for_sale() -> Iterator[None]:
    goods.register()
    yield
    purchasables.unregister(goods.KIND)


@pytest.fixture
def life(
    delivering_stripe: LocalStripe, settings: Settings, things_for_sale: None, size: Size, tmp_path: Path
) -> Iterator[Life]:
    """A town with its people, and workers that wait for events."""
    settings.STRIPE_TRIAL_DAYS = {"basic": 0, "premium": 7, "elite": 14}
    clock = tmp_path / "clock"
    with time_machine.travel(datetime.now(UTC)) as traveller:
        operator = make_user(
            email="operator@soak.example", full_name="Olivia Park", born=None, is_superuser=True, is_staff=True
        )
        town = Town(delivering_stripe, traveller, clock, operator, size.seed)
        people = [
            Person(town, make_user(email=f"person{n}@soak.example", full_name=f"Person {n}", born=None))
            for n in range(size.people)
        ]
        with Workers(delivering_stripe, clock, tmp_path / "workers.log") as workers:
            yield Life(town, people, workers, size)


@contextmanager
def days_going_by(size: Size) -> Iterator[OnDay]:
    columns = (TextColumn("days"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.__stderr__), disable=size.is_small) as bar:
        task = bar.add_task("", total=size.days)
        yield lambda days: bar.advance(task, days)


@pytest.mark.serial
def test_rule_99_after_everything_that_can_go_wrong_we_have_what_stripe_has(life: Life) -> None:
    began = time.monotonic()
    with days_going_by(life.size) as on_day:
        life.pass_by(on_day)
    life.come_to_rest()
    world = life.town.server.world
    with world.frozen_at(world.now()):
        run = life.compare()
        found = complaints(life.town.server, life.people) + unexplained(run, life.town)
        again = list(life.compare().drifts.values_list("object_type", "stripe_id", "ours", "theirs"))
    report(life, run, wall_seconds=time.monotonic() - began)

    assert not found, "\n".join(found)
    assert again == []
    assert life.workers.killed > 0
    assert run.drifts.exists()
