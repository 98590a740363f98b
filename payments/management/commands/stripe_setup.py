from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from numerai.common.errors import DomainError
from payments.setup import furnish


class Command(BaseCommand):
    help = (
        "Creates or updates at Stripe what the product needs: products, prices, the webhook endpoint with exactly the "
        "events we handle at our version of the API, and the customer portal. Prints what belongs into the "
        "environment. Safe to run twice: it looks before it makes."
    )
    # It is what makes the prices that the checks ask for.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--webhook-url", default="", help="https://…/api/v1/payments/webhook/, to make or update")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = furnish(webhook_url=options["webhook_url"], is_dry=options["dry_run"])
        except DomainError as error:
            raise CommandError(error.detail) from error
        if options["dry_run"]:
            self.stdout.write("Nothing is done in a dry run.")
        for sentence in [*(done.changes or ["Everything stands already."]), *done.notes]:
            self.stdout.write(sentence)
        self.stdout.write("\nFor the environment:")
        for name, value in done.environment.items():
            self.stdout.write(f"{name}={value}")
