"""`python -m dev.local_stripe`: a local Stripe until it is interrupted."""

import argparse
import errno
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence

from dev.local_stripe.server import LocalStripe

PLANS = ("basic", "premium", "elite")


def parse(arguments: Sequence[str], environment: Mapping[str, str]) -> argparse.Namespace:
    """Options from the command line, their defaults from the environment."""
    parser = argparse.ArgumentParser(prog="python -m dev.local_stripe")
    parser.add_argument("--port", type=int, default=environment.get("STRIPE_PORT", "12111"))
    parser.add_argument("--webhook-url", default=environment.get("STRIPE_WEBHOOK_URL") or None)
    parser.add_argument(
        "--webhook-secret", default=environment.get("STRIPE_WEBHOOK_SECRET"), help="several, with commas"
    )
    parser.add_argument("--storage", default=environment.get("LOCAL_STRIPE_STORAGE") or None)
    for plan in PLANS:
        default = environment.get(f"STRIPE_PRICE_ID_{plan.upper()}") or f"price_local_{plan}"
        parser.add_argument(f"--price-{plan}", default=default)
    options = parser.parse_args(arguments)
    if options.webhook_url and not options.webhook_secret:
        parser.error("--webhook-url needs --webhook-secret (or STRIPE_WEBHOOK_SECRET)")
    return options


def build(options: argparse.Namespace) -> LocalStripe:
    return LocalStripe(
        port=options.port,
        webhook_url=options.webhook_url,
        webhook_secrets=tuple((options.webhook_secret or "").split(",")),
        storage=options.storage,
        prices={plan: getattr(options, f"price_{plan}") for plan in PLANS},
    )


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(sys.argv[1:] if arguments is None else arguments, os.environ)
    try:
        server = build(options)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print(
            f"local Stripe: port {options.port} is taken; choose another with STRIPE_PORT or --port.", file=sys.stderr
        )
        return 1
    stopped = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stopped.set())
    with server:
        print(f"local Stripe on {server.url}", flush=True)
        stopped.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
