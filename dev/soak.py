"""``make soak``: many people for a long time, on a PostgreSQL and a Redis of their own.

``SOAK_PEOPLE``, ``SOAK_DAYS`` and ``SOAK_SEED`` change the size; arguments go on to pytest.
"""

import os
import subprocess
import sys

from dev.services import LOCAL, ROOT, ServiceError, running

SIZE = {"SOAK_PEOPLE": "200", "SOAK_DAYS": "730"}
# What is logged stays out of the way of the progress bar.
QUIET = ("--capture=sys", "--show-capture=no", "--create-db")
TEST = ("payments/tests/test_soak.py", "-k", "rule_99", *QUIET)


def main(arguments: list[str]) -> int:
    try:
        with running(LOCAL / "soak", durable=False) as services:
            command = [sys.executable, "-m", "pytest", *TEST, *arguments]
            return subprocess.call(command, cwd=ROOT, env=SIZE | os.environ | services.environment)
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
