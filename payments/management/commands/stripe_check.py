from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from numerai.common.errors import DomainError
from payments.setup import problems


class Command(BaseCommand):
    help = (
        "Holds what stands at Stripe against what this code needs: the key and its mode, prices, the webhook "
        "endpoint's version and events, the customer portal. Changes nothing. Ends with 1 when something is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--webhook-url", default="", help="the endpoint's address, if it is not at our path")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = problems(webhook_url=options["webhook_url"])
        except DomainError as error:
            raise CommandError(f"Stripe cannot be asked: {error.detail}") from error
        for problem in found:
            self.stderr.write(problem)
        if found:
            raise CommandError(f"{len(found)} of what stands at Stripe is not as it should be.")
        self.stdout.write("Everything at Stripe is as it should be.")
