"""``make test``: the suite on a PostgreSQL and a Redis of its own; arguments go on to pytest."""

import os
import subprocess
import sys

from dev.services import LOCAL, ROOT, ServiceError, running

# A file stays in one process, so that what its tests share is started once; `-n 0` in the arguments turns it off.
PARALLEL = ("-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile")


def main(arguments: list[str]) -> int:
    try:
        with running(LOCAL / "test", durable=False) as services:
            command = [sys.executable, "-m", "pytest", *PARALLEL, *arguments]
            return subprocess.call(command, cwd=ROOT, env=os.environ | services.environment)
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
