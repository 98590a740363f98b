"""Production: every secret comes from the environment; a missing one stops the start with its name."""

from datetime import timedelta

import sentry_sdk
from django.core.exceptions import ImproperlyConfigured

from numerai.settings.base import *
from numerai.settings.logs import SENTRY_OPTIONS


def required(name: str) -> str:
    value: str = env.str(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(f"Set {name}: production does not start without it.")
    return value


SECRET_KEY = required("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
JWT_SIGNING_KEYS = [key.strip() for key in required("JWT_SIGNING_KEYS").split(",")]
DATA_KEYS = [key.strip() for key in required("DATA_KEYS").split(",")]
ADMIN_SECOND_FACTOR = True
SIMPLE_JWT = SIMPLE_JWT_COMMON | {"SIGNING_KEY": JWT_SIGNING_KEYS[0]}
STRIPE_SECRET_KEY = required("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRETS = [secret.strip() for secret in required("STRIPE_WEBHOOK_SECRET").split(",")]
STRIPE_PRICE_IDS = {plan: required(f"STRIPE_PRICE_ID_{plan.upper()}") for plan in ("basic", "premium", "elite")}

if STRIPE_WEBHOOK_TOLERANCE_SECONDS < 1:
    raise ImproperlyConfigured("Set STRIPE_WEBHOOK_TOLERANCE_SECONDS to 1 or more: 0 would accept events of any age.")

ALLOWED_HOSTS = [host.strip() for host in required("ALLOWED_HOSTS").split(",")]
CORS_ALLOWED_ORIGINS = [origin.strip() for origin in required("CORS_ALLOWED_ORIGINS").split(",")]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
FRONTEND_URL = required("FRONTEND_URL")
API_URL = required("API_URL")
DEFAULT_FROM_EMAIL = required("DEFAULT_FROM_EMAIL")

required("DATABASE_URL")
DATABASES = {
    "default": env.db("DATABASE_URL")
    | {"CONN_MAX_AGE": DATABASE_CONNECTION_SECONDS, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
}
# A database that hangs must not hold every thread, and a client that vanished must not hold its locks for hours.
# Migrations may take longer: they run with DATABASE_STATEMENT_TIMEOUT_SECONDS=0.
STATEMENT_SECONDS = env.int("DATABASE_STATEMENT_TIMEOUT_SECONDS", default=30)
SERVER_LIMITS = {
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 3,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 45_000,
    "options": " ".join(f"-c {name}={value}" for name, value in SERVER_LIMITS.items()),
} | DATABASES["default"].get("OPTIONS", {})
REDIS_URL = required("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL

if EMAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_PROVIDER}.EmailBackend"
else:
    required("EMAIL_URL")
    vars().update(env.email_url("EMAIL_URL"))

STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())
CSRF_COOKIE_SECURE = True

if SENTRY_DSN := env.str("SENTRY_DSN", default=""):
    sentry_sdk.init(dsn=SENTRY_DSN, **SENTRY_OPTIONS)
