"""``make fuzz``: the whole product on ports of its own, tried by schemathesis against its own OpenAPI document.

Two people take part, so that what one of them owns is tried by the other. Arguments go on to ``schemathesis run``.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dev.run import Ports, answers
from dev.services import LOCAL, ROOT, free_port, wait_until

HOME = LOCAL / "fuzz"
PASSWORD = "a long sentence for trying things"
PEERS = ("alice", "bob")
READY_SECONDS = 120.0
STOP_SECONDS = 30.0

# What would end the very account or sign-in that the run goes on with, and what is no JSON, has its own tests.
LEFT_OUT = ("/users/delete-account/", "/auth/logout-all/", "/auth/password/change/", "/auth/social/google/events/")
SHAPE = (
    *("--phases", "examples,coverage,fuzzing,stateful"),
    *("--max-examples", "20"),
    *("--workers", "2"),
    "--generation-deterministic",
    "--continue-on-failure",
    *("--suppress-health-check", "all"),
)
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "use_after_free",
    "ignored_auth",
    "object_level_authorization",
)


def main(arguments: list[str]) -> int:
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    ports = {name: str(free_port()) for name in Ports.__dataclass_fields__}
    with product(ports):
        write_configuration()
        origin = f"http://127.0.0.1:{ports['API_PORT']}"
        excluded = [part for path in LEFT_OUT for part in ("--exclude-path", f"/api/v1{path}")]
        tool = os.path.join(os.path.dirname(sys.executable), "schemathesis")
        command = (tool, "--config-file", str(HOME / "schemathesis.toml"), "run", f"{origin}/api/schema/")
        shape = (*SHAPE, "--checks", ",".join(CHECKS), *excluded)
        return subprocess.call((*command, *shape, *arguments), cwd=HOME)


@contextmanager
def product(ports: dict[str, str]) -> Iterator[None]:
    """``make run`` without rate limits, and with the two people."""
    environment = os.environ | ports | {"NUMERAI_LOCAL": str(HOME), "RATE_LIMIT_ENABLED": "false"}
    with (HOME / "product.log").open("wb") as log:
        process = subprocess.Popen(
            (sys.executable, "-m", "dev.run"), cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            port = int(ports["API_PORT"])
            wait_until(lambda: process.poll() is not None or answers(port, "/readyz"), READY_SECONDS)
            if process.poll() is not None or not answers(port, "/readyz"):
                raise RuntimeError(f"The product did not start; see {HOME / 'product.log'}.")
            invite = (sys.executable, "manage.py", "fuzz_people", *PEERS, "--password", PASSWORD)
            subprocess.run(invite, cwd=ROOT, env=environment | written_down(), check=True)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_SECONDS)


def written_down() -> dict[str, str]:
    """Where the services of this product listen."""
    lines = (HOME / "run.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def write_configuration() -> None:
    people = {"auth": [signs_in(name) for name in PEERS]}
    (HOME / "people.json").write_text(json.dumps(people))
    lines = (
        "[auth.wfc]",
        f"path = {json.dumps(str(HOME / 'people.json'))}",
        f"peers = {json.dumps(PEERS)}",
        "refresh_interval = 20",
    )
    (HOME / "schemathesis.toml").write_text("\n".join(lines) + "\n")


def signs_in(name: str) -> dict[str, object]:
    return {
        "name": name,
        "loginEndpointAuth": {
            "endpoint": "/api/v1/auth/login/",
            "verb": "POST",
            "contentType": "application/json",
            "payloadRaw": json.dumps({"email": f"{name}@example.com", "password": PASSWORD}),
            "token": {
                "extractFrom": "body",
                "extractSelector": "/access_token",
                "sendIn": "header",
                "sendName": "Authorization",
                "sendTemplate": "Bearer {token}",
            },
        },
    }


if __name__ == "__main__":
    started = time.monotonic()
    outcome = main(sys.argv[1:])
    print(f"{time.monotonic() - started:.0f} s in all; the product's log is {Path(HOME, 'product.log')}")
    sys.exit(outcome)
