"""The test suite: real PostgreSQL and Redis, cheap password hashes, every vendor a local server."""

from numerai.settings.base import *
from numerai.settings.logs import logging_config

# An imaginary app that brings words for the kinds that tests register.
INSTALLED_APPS = [*INSTALLED_APPS, "notifications.tests.sample"]

SECRET_KEY = "test-only-secret-key-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"
JWT_SIGNING_KEYS = ["test-only-jwt-signing-key-0123456789-abcdefghijklmnopqrstuvwxyz"]
DATA_KEYS = ["dGVzdC1vbmx5LWRhdGEta2V5LTAxMjM0NTY3ODktYWI="]
SIMPLE_JWT = SIMPLE_JWT_COMMON | {"SIGNING_KEY": JWT_SIGNING_KEYS[0]}
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
CORS_ALLOWED_ORIGINS = ["https://app.numerai.example"]
PASSKEY_RP_ID = "app.numerai.example"
PASSKEY_ORIGINS = ["https://app.numerai.example"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

DATABASES = {
    "default": env.db("DATABASE_URL", default="postgresql://postgres@localhost/postgres")
    | {"CONN_MAX_AGE": 0, "ATOMIC_REQUESTS": False}
}
REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CELERY_BROKER_URL = REDIS_URL
# A machine that is busy with other tests answers late, which is no outage.
REDIS_TIMEOUT_SECONDS = 10
CELERY_BROKER_TRANSPORT_OPTIONS |= {"socket_timeout": 20, "socket_connect_timeout": 10}

EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = 9
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_TIMEOUT = 10

STRIPE_SECRET_KEY = "sk_test_local"
STRIPE_API_BASE = "http://127.0.0.1:9"
STRIPE_WEBHOOK_SECRETS = ["whsec_test"]
STRIPE_PRICE_IDS = {plan: f"price_test_{plan}" for plan in ("basic", "premium", "elite")}

RATE_LIMIT_ENABLED = False
LOG_FORMAT = "console"
LOGGING = logging_config(level="WARNING", style=LOG_FORMAT)

STATIC_ROOT = BASE_DIR / ".local" / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
