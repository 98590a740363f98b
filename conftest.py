"""The cast of every test: alice pays for premium, bob is free, charlie is a stranger, the operator runs the admin."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from rest_framework.test import APIClient

from accounts.desk import standing
from accounts.models import User
from accounts.sessions import open_session
from accounts.social.protocol import transport
from numerai.common import clock
from numerai.common.jobs import broker_pause
from numerai.common.redis import connection
from numerai.common.throttling import redis_pause

# The same examples every time, and none is too slow: the machine may be busy.
hypothesis_settings.register_profile(
    "numerai", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("numerai")

PASSWORD = "correct horse battery staple"

Api = Callable[[User | None], APIClient]


def make_user(*, email: str, full_name: str, born: date | None, timezone: str = "UTC", **fields: object) -> User:
    user = User.objects.create_user(
        email=email, full_name=full_name, password=PASSWORD, email_verified_at=clock.now(), **fields
    )
    user.profile.date_of_birth = born
    user.profile.timezone = timezone
    user.profile.save()
    return user


@pytest.fixture
def alice(db: None) -> User:
    return make_user(email="alice@example.com", full_name="Alice Marie Johnson", born=date(1985, 3, 17), plan="premium")


@pytest.fixture
def bob(db: None) -> User:
    return make_user(email="bob@example.com", full_name="Bob Stone", born=date(1990, 8, 15))


@pytest.fixture
def charlie(db: None) -> User:
    return make_user(email="charlie@example.com", full_name="Charlie Reyes", born=date(1979, 11, 2))


@pytest.fixture
def operator(db: None) -> User:
    return User.objects.create_superuser(email="operator@example.com", password=PASSWORD, full_name="Olivia Operator")


@pytest.fixture
def api() -> Api:
    """``api(user)`` is a client signed in as that person with a real access token; ``api(None)`` is anonymous."""

    def client_for(user: User | None) -> APIClient:
        client = APIClient()
        client.default_format = "json"
        if user is not None:
            token = open_session(user=user).access_token
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return client_for


@pytest.fixture(scope="session", autouse=True)
def _both_factors() -> Iterator[None]:
    """``force_login`` stands for a whole sign-in to the admin: password and second factor."""
    by_password = Client.force_login

    def force_login(client: Client, user: User, backend: str | None = None) -> None:
        by_password(client, user, backend)
        session = client.session
        session[standing.GIVEN] = str(user.pk)
        session.save()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", force_login)
        yield


@pytest.fixture(autouse=True)
def _fresh_redis() -> None:
    """Each test starts with an empty Redis of its own and a broker that is not given up."""
    connection().flushdb()
    broker_pause.end()
    redis_pause.end()


@pytest.fixture(scope="session", autouse=True)
def _long_pauses() -> Iterator[None]:
    """A pause that has begun lasts for the rest of the test, however slow the machine is."""
    with pytest.MonkeyPatch.context() as patch:
        for pause in (broker_pause, redis_pause, *transport.pauses.values()):
            patch.setattr(pause, "_shortest", 3600)
            patch.setattr(pause, "_longest", 3600)
        yield


@pytest.fixture(scope="session", autouse=True)
def _redis_of_this_worker(request: pytest.FixtureRequest) -> None:
    """Parallel test processes must not see one another's Redis keys, so each takes a database of its own."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "gw0")
    base, _, number = settings.REDIS_URL.rpartition("/")
    settings.REDIS_URL = f"{base}/{int(number) + int(worker.removeprefix('gw'))}"
    settings.CELERY_BROKER_URL = settings.REDIS_URL
    connection.cache_clear()
