from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.models import User
from notifications.models import Notification
from numerai.common import clock


class Command(BaseCommand):
    help = "Creates the people of make fuzz, each with something of their own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="+")
        parser.add_argument("--password", required=True)

    def handle(self, *args: Any, names: list[str], password: str, **options: Any) -> None:
        for name in names:
            email = f"{name}@example.com"
            if User.objects.filter(email=email).exists():
                continue
            user = User.objects.create_user(
                email=email, password=password, full_name=f"{name.title()} Example", email_verified_at=clock.now()
            )
            user.profile.date_of_birth = date(1990, 8, 15)
            user.profile.save()
            for number in range(3):
                Notification.objects.create(
                    recipient=user, kind="sample.note", notification_type="info", title=f"Note {number} of {name}"
                )
