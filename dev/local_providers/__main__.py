"""``python -m dev.local_providers``: the providers of ``make run``."""

import os
import queue
import signal

from dev.local_providers.server import LocalProviders


def main() -> None:
    # Unlike an Event it may be put to by a handler that interrupts the waiting itself.
    stop: queue.SimpleQueue[None] = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.put(None))
    with LocalProviders(int(os.environ["PROVIDERS_PORT"])) as providers:
        print(f"listening at {providers.url}", flush=True)
        stop.get()


if __name__ == "__main__":
    main()
