"""A developer's machine: local services started by ``make run``, nothing secret, nothing sent to the outside."""

import environ

from numerai.settings.base import *
from numerai.settings.logs import logging_config

# `make run` writes where its services listen, so that manage.py in another terminal finds them.
if (BASE_DIR / ".local" / "run.env").exists():
    environ.Env.read_env(BASE_DIR / ".local" / "run.env")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="development-only-secret-key-that-signs-nothing-of-value-0123456789")
JWT_SIGNING_KEYS = env.list(
    "JWT_SIGNING_KEYS", default=["development-only-jwt-signing-key-0123456789-abcdefghijklmnop"]
)
ADMIN_SECOND_FACTOR = env.bool("ADMIN_SECOND_FACTOR", default=False)
DATA_KEYS = env.list("DATA_KEYS", default=["ZGV2ZWxvcG1lbnQtb25seS1kYXRhLWtleS0wMTIzNDU="])
SIMPLE_JWT = SIMPLE_JWT_COMMON | {"SIGNING_KEY": JWT_SIGNING_KEYS[0]}
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "0.0.0.0"])  # nosec B104 - names
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=["http://localhost:3000", "http://127.0.0.1:3000"])

INSTALLED_APPS = [*INSTALLED_APPS, "dev"]

DATABASES = {
    "default": env.db("DATABASE_URL", default="postgresql://postgres@localhost/postgres")
    | {"CONN_MAX_AGE": DATABASE_CONNECTION_SECONDS, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
}
REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CELERY_BROKER_URL = REDIS_URL

API_URL = env.str("API_URL", default=f"http://localhost:{env.int('API_PORT', default=8000)}")
STREAM_URL = env.str(
    "STREAM_URL", default=f"http://localhost:{env.int('STREAM_PORT', default=8001)}/api/v1/notifications/stream/"
)

vars().update(env.email_url("EMAIL_URL", default=f"smtp://127.0.0.1:{env.int('SMTP_PORT', default=1025)}"))

# Without an account of one's own texts are shown in the mailbox, beside the mails.
SMS_ACCOUNT_SID = env.str("SMS_ACCOUNT_SID", default="AClocal")
SMS_AUTH_TOKEN = env.str("SMS_AUTH_TOKEN", default="local")
SMS_SENDER = env.str("SMS_SENDER", default="+15005550006")
SMS_API_BASE = (
    f"http://127.0.0.1:{env.int('MAILBOX_PORT', default=8025)}" if SMS_ACCOUNT_SID == "AClocal" else SMS_API_BASE
)

# Where `make run` has push services of its own.
WEB_PUSH_HOSTS = [*WEB_PUSH_HOSTS, f"http://127.0.0.1:{env.int('PROVIDERS_PORT', default=8026)}"]

STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="sk_test_local")
STRIPE_API_BASE = (
    f"http://127.0.0.1:{env.int('STRIPE_PORT', default=12111)}"
    if STRIPE_SECRET_KEY == "sk_test_local"
    else STRIPE_API_BASE
)
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRET", default=["whsec_local"])
STRIPE_PRICE_IDS = {
    "basic": env.str("STRIPE_PRICE_ID_BASIC", default="price_local_basic"),
    "premium": env.str("STRIPE_PRICE_ID_PREMIUM", default="price_local_premium"),
    "elite": env.str("STRIPE_PRICE_ID_ELITE", default="price_local_elite"),
}

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
LOG_FORMAT = env.str("LOG_FORMAT", default="console")
LOGGING = logging_config(level=LOG_LEVEL, style=LOG_FORMAT)
STATIC_ROOT = BASE_DIR / ".local" / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
