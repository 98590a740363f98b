"""What every deployment shares. Deployments differ by environment variables, read here, in social and in telling."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from corsheaders.defaults import default_headers
from kombu import Queue

from numerai.settings.logs import logging_config
from numerai.settings.openapi import SCHEMA
from numerai.settings.schedule import beat_schedule
from numerai.settings.trials import trial_days
from numerai.settings.uploads import storages

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()
if (BASE_DIR / ".env").exists():
    environ.Env.read_env(BASE_DIR / ".env")

# Now that what .env says is in the environment.
from numerai.settings.social import *  # noqa: E402
from numerai.settings.telling import *  # noqa: E402

SECRET_KEY: str
JWT_SIGNING_KEYS: list[str]
DATA_KEYS: list[str]

DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
ROOT_URLCONF = "numerai.urls"
WSGI_APPLICATION = "numerai.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "accounts.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    # Before accounts, which takes their tables out of the admin; nothing is ever written to them.
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.apple",
    "numerai.common",
    "notifications",
    "accounts",
    "payments",
    "numerology",
]

MIDDLEWARE = [
    "numerai.common.http.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "numerai.common.http.browser_policy.BrowserPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "numerai.common.http.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.events.watching.DeniedMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- people ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
# One: a second one would take another time, by which accounts could be told apart.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
# Where passwords are looked up that are known from breaches, by the beginning of their hash; "" to ask nobody.
PASSWORD_BREACH_URL: str = env.str("PASSWORD_BREACH_URL", default="")
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "full_name", "phone")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.registration.passwords.ProductWordsValidator"},
]
SESSION_ENGINE = "accounts.sessions.admin_store"
ACCESS_TOKEN_LIFETIME = timedelta(minutes=10)
SESSION_IDLE_LIFETIME = timedelta(days=14)
SESSION_ABSOLUTE_LIFETIME = timedelta(days=60)
SIMPLE_JWT_COMMON = {
    "ALGORITHM": "HS256",
    "ACCESS_TOKEN_LIFETIME": ACCESS_TOKEN_LIFETIME,
    "ISSUER": "numerai",
    "AUDIENCE": "numerai-api",
}
ONE_TIME_CODE_LIFETIME = timedelta(minutes=10)
# For how long after a sign-in, or another proof of who one is, nothing more need be proved.
FRESH_SIGN_IN_MINUTES: int = env.int("FRESH_SIGN_IN_MINUTES", default=15)
RESET_LINK_LIFETIME = timedelta(hours=1)
EMAIL_REVERT_LIFETIME = timedelta(hours=72)

# Who has signed up and verified nothing is erased after so many days; a deletion can be undone for so many. An export
# of more rows than that is made in the background, as a file that is kept for some days.
UNVERIFIED_SIGN_UP_DAYS: int = env.int("UNVERIFIED_SIGN_UP_DAYS", default=30)
DELETION_GRACE_DAYS: int = env.int("DELETION_GRACE_DAYS", default=30)
EXPORT_DIRECT_ROWS: int = env.int("EXPORT_DIRECT_ROWS", default=5000)
EXPORT_FILE_DAYS: int = env.int("EXPORT_FILE_DAYS", default=7)

# --- data -----------------------------------------------------------------------------------------------------
DATABASE_CONNECTION_SECONDS = 600
# Half of the second within which a sign-in is refused when Redis is away.
REDIS_TIMEOUT_SECONDS = 0.5

# --- the API --------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.AccessTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["numerai.common.http.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "numerai.common.http.negotiation.JsonOnlyNegotiation",
    "DEFAULT_SCHEMA_CLASS": "numerai.common.http.openapi.ProblemAwareSchema",
    "EXCEPTION_HANDLER": "numerai.common.http.problem.exception_handler",
    "DEFAULT_PAGINATION_CLASS": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
MAX_BODY_BYTES = 1024 * 1024
PICTURE_MAX_BYTES: int = env.int("PICTURE_MAX_BYTES", default=5 * 1024 * 1024)
# Less where strangers write, more for a file and the form around it.
BODY_BYTES_BELOW = {
    "/api/v1/auth/": 64 * 1024,
    "/api/v1/payments/webhook/": 512 * 1024,
    "/api/v1/notifications/webhooks/sms/": 16 * 1024,
    "/api/v1/users/profile/picture/": PICTURE_MAX_BYTES + 16 * 1024,
    "/api/v1/people/imports/": MAX_BODY_BYTES + 16 * 1024,
}
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXY_COUNT", default=0)
RATE_LIMIT_ENABLED: bool = env.bool("RATE_LIMIT_ENABLED", default=True)
MAX_LOGIN_ATTEMPTS: int = env.int("MAX_LOGIN_ATTEMPTS", default=5)
ACCOUNT_LOCK_DURATION: int = env.int("ACCOUNT_LOCK_DURATION", default=900)
CORS_ALLOWED_ORIGINS: list[str] = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_ALLOW_HEADERS = [*default_headers, "idempotency-key", "x-request-id"]
CORS_EXPOSE_HEADERS = ["Link", "Retry-After", "X-Request-ID", "X-Unread-Count", "X-Unread-Version"]
CORS_URLS_REGEX = r"^/api/"
FRONTEND_URL: str = env.str("FRONTEND_URL", default="http://localhost:3000")
# A passkey belongs to a domain and is used on pages of these origins; by default, where the frontend is.
PASSKEY_RP_ID: str = env.str("PASSKEY_RP_ID", default=urlsplit(FRONTEND_URL).hostname or "")
PASSKEY_ORIGINS: list[str] = env.list(
    "PASSKEY_ORIGINS", default=["{0.scheme}://{0.netloc}".format(urlsplit(FRONTEND_URL))]
)
ADMIN_PATH: str = env.str("ADMIN_PATH", default="admin/")
ADMIN_SECOND_FACTOR: bool = env.bool("ADMIN_SECOND_FACTOR", default=True)
SPECTACULAR_SETTINGS = SCHEMA

# --- Stripe ---------------------------------------------------------------------------------------------------
STRIPE_API_BASE: str = env.str("STRIPE_API_BASE", default="https://api.stripe.com")
STRIPE_WEBHOOK_TOLERANCE_SECONDS: int = env.int("STRIPE_WEBHOOK_TOLERANCE_SECONDS", default=300)
STRIPE_TRIAL_DAYS: dict[str, int] = trial_days(env.str("STRIPE_TRIAL_DAYS", default="0"))
STRIPE_TRIAL_WITHOUT_CARD: str = env.str("STRIPE_TRIAL_WITHOUT_CARD", default="cancel")
PAST_DUE_GRACE_DAYS: int = env.int("PAST_DUE_GRACE_DAYS", default=7)
# Refunds that nobody has to decide on: how long after the payment, of which kinds, and up to how much by currency.
REFUND_AUTO_DAYS: int = env.int("REFUND_AUTO_DAYS", default=14)
REFUND_AUTO_KINDS: list[str] = env.list("REFUND_AUTO_KINDS", default=["subscription"])
REFUND_AUTO_MAX: dict[str, str] = env.dict("REFUND_AUTO_MAX", default={"usd": "30.00"})
DISPUTE_SUSPENDS_ACCESS: bool = env.bool("DISPUTE_SUSPENDS_ACCESS", default=True)
# Whether whoever ends a subscription at once may have what is left of the period given back to the card.
REFUND_UNUSED_TIME: bool = env.bool("REFUND_UNUSED_TIME", default=False)
FRAUD_WARNING_REFUNDS: bool = env.bool("FRAUD_WARNING_REFUNDS", default=False)
MONEY_RETENTION_YEARS: int = env.int("MONEY_RETENTION_YEARS", default=7)
WEBHOOK_PAYLOAD_DAYS: int = env.int("WEBHOOK_PAYLOAD_DAYS", default=90)
# Single purchases: how much a person may buy in a day by currency (one that is not named is not sold in), from which
# amount the bank is asked to authenticate, and how many purchases or declines within how long call for an operator.
PURCHASE_DAILY_MAX: dict[str, str] = env.dict(
    "PURCHASE_DAILY_MAX", default={"usd": "2000.00", "eur": "2000.00", "gbp": "1500.00", "jpy": "300000"}
)
PURCHASE_AUTHENTICATED_FROM: dict[str, str] = env.dict(
    "PURCHASE_AUTHENTICATED_FROM", default={"usd": "250.00", "eur": "250.00", "gbp": "200.00", "jpy": "40000"}
)
PURCHASE_REVIEW_WINDOW_MINUTES: int = env.int("PURCHASE_REVIEW_WINDOW_MINUTES", default=60)
PURCHASE_REVIEW_AFTER: int = env.int("PURCHASE_REVIEW_AFTER", default=10)
PURCHASE_REVIEW_AFTER_DECLINES: int = env.int("PURCHASE_REVIEW_AFTER_DECLINES", default=4)
# A second page to subscribe in another tab: "close" the first one when it is opened, or "refund" what is bought second.
CHECKOUT_SECOND_TAB: str = env.str("CHECKOUT_SECOND_TAB", default="close")
STRIPE_PORTAL_CONFIGURATION_ID: str = env.str("STRIPE_PORTAL_CONFIGURATION_ID", default="")
STRIPE_ACCOUNT_ID: str = env.str("STRIPE_ACCOUNT_ID", default="")
STRIPE_SECRET_KEY: str
STRIPE_WEBHOOK_SECRETS: list[str]
STRIPE_PRICE_IDS: dict[str, str]

# --- invoices -------------------------------------------------------------------------------------------------
# Who sends them. Lines of the address are parted by "|"; a logo is an SVG or PNG file.
COMPANY_NAME: str = env.str("COMPANY_NAME", default="NumerAI")
COMPANY_ADDRESS: str = env.str("COMPANY_ADDRESS", default="")
COMPANY_VAT_ID: str = env.str("COMPANY_VAT_ID", default="")
COMPANY_EMAIL: str = env.str("COMPANY_EMAIL", default="")
COMPANY_LOGO: str = env.str("COMPANY_LOGO", default="")
INVOICE_FONT_DIRECTORY: str = env.str("INVOICE_FONT_DIRECTORY", default="")

# --- background work ------------------------------------------------------------------------------------------
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_PUBLISH_RETRY = False
# A worker that is told of none serves them all, each in its turn; see notifications/deliveries/queueing.py.
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_QUEUES = [
    Queue(name)
    for name in (
        "celery",
        "notifications.critical",
        "notifications.email",
        "notifications.sms",
        "notifications.web_push",
        "notifications.mobile_push",
        "notifications.discord",
    )
]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 2,
    "socket_connect_timeout": 1,
    "visibility_timeout": 300,
    # A publisher gives up at once: the row is swept later, and no request waits for a broker that is away.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "UTC"
JOB_LEASE_SECONDS: int = env.int("JOB_LEASE_SECONDS", default=60)
SWEEP_SECONDS: float = env.float("SWEEP_SECONDS", default=15.0)
# How long one run may remove what is past its time; well below CELERY_TASK_TIME_LIMIT.
CLEANING_SECONDS: float = env.float("CLEANING_SECONDS", default=50.0)
CELERY_BEAT_SCHEDULE = beat_schedule(sweep_seconds=SWEEP_SECONDS)

# --- language, files, logs ------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGES_OFFERED: list[str] = env.list("LANGUAGES_OFFERED", default=["en", "hi", "es"])
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# What people upload. With a storage elsewhere, or a CDN in front, MEDIA_URL is an address with a host.
MEDIA_URL: str = env.str("MEDIA_URL", default="/media/")
MEDIA_ROOT: str = env.str("MEDIA_DIRECTORY", default=str(BASE_DIR / ".local" / "media"))
STORAGES = storages(env)
LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO")
LOG_FORMAT: str = env.str("LOG_FORMAT", default="json")
LOGGING = logging_config(level=LOG_LEVEL, style=LOG_FORMAT)

CSRF_FAILURE_VIEW = "numerai.common.http.problem.csrf_failed"
X_FRAME_OPTIONS = "DENY"
SECURITY_CONTACT: str = env.str("SECURITY_CONTACT", default="mailto:security@numerai.example")
SECURE_REFERRER_POLICY = "same-origin"

UNFOLD = {
    "SITE_TITLE": "NumerAI",
    "SITE_HEADER": "NumerAI",
    "SITE_SUBHEADER": "Operations",
    "SITE_SYMBOL": "auto_awesome",
    "DASHBOARD_CALLBACK": "payments.admin.desk.overview.attention",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": {"show_search": True, "show_all_applications": True},
}
