"""Is the process up (/healthz), and may it take traffic (/readyz)?"""

from collections.abc import Callable

import redis
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from numerai.common.errors import MethodNotAllowed, ServiceUnavailable
from numerai.common.http.problem import problem_response
from numerai.common.redis import connection as redis_connection

SAFE = ("GET", "HEAD")


@csrf_exempt
def healthz(request: HttpRequest) -> JsonResponse:
    if request.method not in SAFE:
        return problem_response(MethodNotAllowed(), request)
    return JsonResponse({"status": "ok"})


@csrf_exempt
def readyz(request: HttpRequest) -> JsonResponse:
    if request.method not in SAFE:
        return problem_response(MethodNotAllowed(), request)
    missing = [name for name, is_ready in PARTS.items() if not is_ready()]
    if missing:
        detail = f"Not ready: {', '.join(missing)}."
        return problem_response(ServiceUnavailable(detail, retry_after=5, extra={"missing": missing}), request)
    return JsonResponse({"status": "ready", "parts": list(PARTS)})


def database_is_ready() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def redis_is_ready() -> bool:
    try:
        return bool(redis_connection().ping())
    except redis.RedisError:
        return False


_applied: set[str] = set()


def migrations_are_applied() -> bool:
    """A running process gains no new migrations, so one good answer per database holds for its life."""
    database = str(connection.settings_dict["NAME"])
    if database in _applied:
        return True
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
    except Error:
        return False
    _applied.add(database)
    return True


PARTS: dict[str, Callable[[], bool]] = {
    "database": database_is_ready,
    "redis": redis_is_ready,
    "migrations": migrations_are_applied,
}
