"""``make storm``: messages to many people while everything that carries them fails; ends with 1 when one is lost, or
comes twice without a reason."""

import argparse
import os
import shutil
import sys
import time
from contextlib import ExitStack

from dev.local_providers import LocalProviders
from dev.local_providers.keys import local_accounts
from dev.services import LOCAL, ServiceError, postgres, redis_server
from dev.storm.weather import Broker, Workers

HOME = LOCAL / "storm"
PEOPLE = 500


def main() -> int:
    arguments = argparse.ArgumentParser(prog="make storm", description=__doc__)
    arguments.add_argument("--people", type=int, default=PEOPLE, help="how many are told, by six ways each")
    asked = arguments.parse_args()
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    try:
        with ExitStack() as stack:
            return storm(stack, asked.people)
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def storm(stack: ExitStack, people: int) -> int:
    from dev.storm.comparing import lines
    from dev.storm.running import Storm

    started = time.monotonic()
    database_url = stack.enter_context(postgres(HOME / "postgres", durable=False))
    redis = redis_server(HOME / "redis")
    broker = Broker(redis, HOME / "redis")
    stack.enter_context(broker.running())
    providers = stack.enter_context(LocalProviders())
    workers = Workers(HOME / "workers.log")
    stack.callback(workers.stop)
    storm = Storm(providers, broker, workers)
    mail = stack.enter_context(storm.mail_server())
    prepare(
        {"DATABASE_URL": database_url, "REDIS_URL": redis.url, "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}"}, providers
    )
    accounts = storm.rage(people)
    print("\n".join(lines(accounts)))
    seconds = time.monotonic() - started
    print(f"workers killed {storm.deaths} times, Redis once, an hour without answers; {seconds:.0f} s in all")
    return 0 if all(account.is_sound for account in accounts) else 1


def prepare(services: dict[str, str], providers: LocalProviders) -> None:
    """The environment of this process and of the workers, and an empty database."""
    accounts = local_accounts(HOME, providers.url)
    os.environ |= services | {name: value for given in accounts.values() for name, value in given.items()}
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "dev.storm.settings",
        "PROVIDERS_PORT": providers.url.rpartition(":")[2],
        "SMS_ACCOUNT_SID": "ACstorm",
        "SMS_API_BASE": providers.url,
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


if __name__ == "__main__":
    sys.exit(main())
