"""The container's HEALTHCHECK for the web role: ends with 0 when /healthz answers 200, else with 1."""

import http.client
import os
import sys

TIMEOUT_SECONDS = 3


def is_healthy() -> bool:
    # Django answers 400 to a Host that is not among ALLOWED_HOSTS, so the check comes under the first of them.
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().removeprefix(".")
    port = int(os.environ.get("PORT") or 8000)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_healthy() else 1)
