"""What a signed-in request spends on knowing who sends it, and what a refresh costs the database.

CPU against the bare signature check of the same token, time in the database against one UPDATE by primary key, because
those are what cannot be saved.
"""

import statistics
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import django
import jwt
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from rich.progress import track

from bench.measure import Measure, measure

if TYPE_CHECKING:
    from accounts.models import User

ROUNDS = 15
CALLS = 300
REFRESHES = 300
AUTHENTICATION_GOAL = 8.0
REFRESH_GOAL = 8.0


def people_known_by_their_tokens() -> list[Measure]:
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from accounts.models import User
    from numerai.common import clock

    user = User.objects.create_user(
        email=f"{uuid4().hex}@example.com", full_name="Ada Byron King", email_verified_at=clock.now()
    )
    return [*authentication(user), *refreshing(user)]


def authentication(user: "User") -> list[Measure]:
    from rest_framework.request import Request
    from rest_framework.test import APIRequestFactory

    from accounts.authentication import AccessTokenAuthentication
    from accounts.sessions import open_session

    token = open_session(user=user).access_token
    request = Request(APIRequestFactory().get("/", HTTP_AUTHORIZATION=f"Bearer {token}"))
    key, audience = settings.JWT_SIGNING_KEYS[0], str(settings.SIMPLE_JWT["AUDIENCE"])
    acts: dict[str, Callable[[], Any]] = {
        "bare": lambda: jwt.decode(token, key, ["HS256"], audience=audience),
        "whole": lambda: AccessTokenAuthentication().authenticate(request),
    }
    samples: dict[str, list[float]] = {name: [] for name in acts}
    for _ in track(range(ROUNDS), description="tokens", transient=True):
        for name, act in acts.items():
            samples[name].append(cpu_microseconds(act))
    limit = min(samples["bare"])
    return [
        measure(name="a JWT's signature", value=limit, unit="µs CPU"),
        measure(
            name="authentication, with its query",
            value=min(samples["whole"]),
            unit="µs CPU",
            limit=limit,
            goal=AUTHENTICATION_GOAL,
        ),
    ]


def refreshing(user: "User") -> list[Measure]:
    from accounts.models import Session
    from accounts.sessions import open_session, rotate
    from numerai.common import clock

    token = open_session(user=user).refresh_token
    one = Session.objects.filter(id=token.partition(".")[0])
    bare, whole = [], []
    for _ in track(range(REFRESHES), description="refreshes", transient=True):
        token, spent = database_milliseconds(lambda given=token: rotate(given).refresh_token)  # type: ignore[misc]
        whole.append(spent)
        bare.append(database_milliseconds(lambda: one.update(rotated_at=clock.now()))[1])
    limit = undisturbed(bare)
    return [
        measure(name="one UPDATE of a session", value=limit, unit="ms"),
        measure(name="a refresh, in the database", value=undisturbed(whole), unit="ms", limit=limit, goal=REFRESH_GOAL),
    ]


def undisturbed(calls: list[list[float]]) -> float:
    """What the statements of a call take together, each at its quickest tenth: the others waited for whatever else the
    machine does."""
    return sum((statistics.quantiles(statement, n=10)[0] for statement in zip(*calls, strict=True)), 0.0)


def cpu_microseconds(act: Callable[[], Any]) -> float:
    """Of this process for one call, as the mean of many."""
    started = time.process_time()
    for _ in range(CALLS):
        act()
    return (time.process_time() - started) / CALLS * 1e6


def database_milliseconds(act: Callable[[], Any]) -> tuple[Any, list[float]]:
    """What ``act`` answers, and how long each of its statements took as the client saw it."""
    took: list[float] = []

    def timed(execute: Any, *arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            took.append((time.perf_counter() - started) * 1000)

    with connection.execute_wrapper(timed):
        answer = act()
    return answer, took
