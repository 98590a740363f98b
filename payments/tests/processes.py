"""The environment in which a process of ours works on this test's database, broker and Stripe."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from dev.local_stripe import LocalStripe

ROOT = Path(__file__).resolve().parent.parent.parent


def environment_of(server: LocalStripe, **more: str) -> dict[str, str]:
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "numerai.settings.development",
        "DATABASE_URL": database.geturl(),
        "REDIS_URL": settings.REDIS_URL,
        "STRIPE_PORT": str(urlsplit(server.url).port),
        "STRIPE_SECRET_KEY": "sk_test_local",
        **{f"STRIPE_PRICE_ID_{plan.upper()}": price for plan, price in settings.STRIPE_PRICE_IDS.items()},
        **more,
    }
