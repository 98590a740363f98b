"""``make demo``: the main job over HTTP, as the frontend would do it; ends with 1 at the first step that fails."""

import sys
import time

import requests

from dev.demo.frontend import Frontend
from dev.demo.job import STEPS, StepFailed
from dev.demo.operator import Operator
from dev.services import ServiceError, local_run


def main() -> int:
    try:
        ports = local_run()
        frontend = Frontend(
            api=f"http://127.0.0.1:{ports['API_PORT']}", mailbox=f"http://127.0.0.1:{ports['MAILBOX_PORT']}"
        )
        operator = Operator(frontend.api)
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{frontend.full_name}, born {frontend.date_of_birth}, {frontend.email}")
    started = time.perf_counter()
    for number, (title, step) in enumerate(STEPS, 1):
        before = time.perf_counter()
        try:
            found = step(frontend, operator)
        except (StepFailed, requests.RequestException) as failure:
            print(f"{number:>2}  FAILED  {title}\n    {failure}")
            return 1
        print(f"{number:>2}  {time.perf_counter() - before:6.2f} s  {title}: {found}", flush=True)
    print(f"The main job works, end to end, in {time.perf_counter() - started:.1f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
