"""One thing told to many people, in their centres and by mail: from the call to the last row that a worker writes."""

import time
from uuid import uuid4

import django
from django.core.management import call_command
from django.db import connection
from rich.progress import track

from bench.measure import Measure, measure

GOAL_SECONDS = 15.0
GOAL = 1.0
AT_ONCE = 5000


def many_are_told(people: int) -> list[Measure]:
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from accounts.models import User
    from notifications.broadcasts import running
    from notifications.broadcasts.announcing import ANNOUNCEMENT
    from notifications.broadcasts.services import notify_many
    from notifications.models import Broadcast

    run = uuid4().hex
    crowd(people, run)
    started = time.perf_counter()
    made = notify_many(
        User.objects.filter(email__startswith=run),
        kind=ANNOUNCEMENT.name,
        context={"title": "A new page", "message": "From today on you can compare two charts."},
        dedupe_key=run,
        priority="low",
    )
    fixed = time.perf_counter() - started
    running.run(made.pk, seconds=3600)
    seconds = time.perf_counter() - started
    done = Broadcast.objects.get(pk=made.pk)
    if (done.state, done.told) != ("done", people):
        raise RuntimeError(f"{done}: {done.last_error}")
    return [
        measure(name=f"{people} people fixed for a broadcast", value=fixed, unit="s"),
        measure(name=f"{people} people told, by one worker", value=seconds, unit="s", limit=GOAL_SECONDS, goal=GOAL),
    ]


def crowd(people: int, name: str) -> None:
    from accounts.models import Profile, User
    from numerai.common import clock

    verified = clock.now()
    for first in track(range(0, people, AT_ONCE), description="people", transient=True):
        made = User.objects.bulk_create(
            User(email=f"{name}{first + number}@example.com", full_name="Ada Byron", email_verified_at=verified)
            for number in range(min(AT_ONCE, people - first))
        )
        Profile.objects.bulk_create(Profile(user=person) for person in made)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
