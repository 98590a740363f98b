import pytest
from django.db import connection
from django.test import Client
from django.test.utils import override_settings

from dev.services import free_port
from numerai.common.http import health
from numerai.common.redis import connection as redis_connection


def test_healthz_needs_nothing(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_health_of_the_api(client: Client) -> None:
    assert client.get("/api/v1/health/").json() == {"status": "ok"}


@pytest.mark.django_db
def test_readyz_is_ready_with_everything_there(client: Client) -> None:
    health._applied.clear()
    for _ in range(2):
        response = client.get("/readyz")
        assert response.status_code == 200
        assert response.json() == {"status": "ready", "parts": ["database", "redis", "migrations"]}


@pytest.mark.django_db
def test_readyz_names_a_missing_redis(client: Client) -> None:
    redis_connection.cache_clear()
    with override_settings(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"):
        response = client.get("/readyz")
        redis_connection.cache_clear()
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert response.json()["missing"] == ["redis"]
    assert response.json()["detail"] == "Not ready: redis."


@pytest.mark.django_db(transaction=True)
def test_readyz_names_missing_migrations(client: Client) -> None:
    health._applied.clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'accounts' RETURNING app, name, applied")
        rows = cursor.fetchall()
    try:
        response = client.get("/readyz")
    finally:
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", rows)
    assert response.status_code == 503
    assert response.json()["missing"] == ["migrations"]


@pytest.mark.django_db(transaction=True)
def test_readyz_names_a_missing_database(client: Client) -> None:
    health._applied.clear()
    original = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict |= {"HOST": "127.0.0.1", "PORT": str(free_port()), "OPTIONS": {}}
    try:
        response = client.get("/readyz")
    finally:
        connection.settings_dict |= original
        connection.close()
    assert response.status_code == 503
    assert response.json()["missing"] == ["database", "migrations"]


def test_health_is_read_only(client: Client) -> None:
    for path in ("/healthz", "/readyz"):
        response = Client(enforce_csrf_checks=True).post(path)
        assert response.status_code == 405
        assert response.json()["code"] == "method_not_allowed"
