"""How people are told: mail, texts, pushes, Discord, the live stream, and what is counted of it."""

from decimal import Decimal

import environ

env = environ.Env()

# --- mail -----------------------------------------------------------------------------------------------------
EMAIL_TIMEOUT = 10
# The name of a provider whose API mail goes by, as anymail calls it ("postmark"), instead of SMTP; and what it needs.
EMAIL_PROVIDER: str = env.str("EMAIL_PROVIDER", default="")
# With this, the provider of mail may report on what it was given; "user:password", and with a comma the one before too.
EMAIL_WEBHOOK_SECRET: list[str] = env.list("EMAIL_WEBHOOK_SECRET", default=[])
ANYMAIL = {**env.dict("EMAIL_PROVIDER_SETTINGS", default={}), "WEBHOOK_SECRET": EMAIL_WEBHOOK_SECRET}
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="NumerAI <hello@numerai.example>")

# --- telling people -------------------------------------------------------------------------------------------
# What a person's time zone and language take to fetch, and how much of what is not critical one person is sent by one
# channel in an hour, and of texts in a day.
NOTIFICATION_RECIPIENT_WITH = ("profile",)
NOTIFICATIONS_AN_HOUR: int = env.int("NOTIFICATIONS_AN_HOUR", default=60)
TEXTS_A_DAY: int = env.int("TEXTS_A_DAY", default=5)

# --- texts to phones: a provider that speaks Twilio's API; without an account nobody can sign up by phone ---------
SMS_API_BASE: str = env.str("SMS_API_BASE", default="https://api.twilio.com")
SMS_ACCOUNT_SID: str = env.str("SMS_ACCOUNT_SID", default="")
SMS_AUTH_TOKEN: str = env.str("SMS_AUTH_TOKEN", default="")
SMS_SENDER: str = env.str("SMS_SENDER", default="")
# What one segment costs, for the estimate before a broadcast: in hundredths of the currency, which may have decimals.
SMS_PRICE_MINOR = Decimal(env.str("SMS_PRICE_MINOR", default="0.83"))
SMS_PRICE_CURRENCY: str = env.str("SMS_PRICE_CURRENCY", default="usd")

# --- pushes and Discord: each is offered once it has what is needed for it -------------------------------------------
VAPID_PRIVATE_KEY: str = env.str("VAPID_PRIVATE_KEY", default="")
VAPID_SUBJECT: str = env.str("VAPID_SUBJECT", default="mailto:push@numerai.example")
# Push services that browsers may name: "host", "*.domain", or an origin that is trusted whatever its address is.
WEB_PUSH_HOSTS: list[str] = env.list(
    "WEB_PUSH_HOSTS",
    default=[
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "*.push.services.mozilla.com",
        "*.notify.windows.com",
        "*.push.apple.com",
    ],
)
FCM_SERVICE_ACCOUNT: str = env.str("FCM_SERVICE_ACCOUNT", default="")
FCM_API_BASE: str = env.str("FCM_API_BASE", default="https://fcm.googleapis.com")
DISCORD_BOT_TOKEN: str = env.str("DISCORD_BOT_TOKEN", default="")
DISCORD_API_BASE: str = env.str("DISCORD_API_BASE", default="https://discord.com/api/v10")

# Where this server is for the world: in links that lead back here.
API_URL: str = env.str("API_URL", default="http://localhost:8000")

# --- live ------------------------------------------------------------------------------------------------------
# Where pages open the stream, which another server serves than the API; and who knows which sessions have not ended.
STREAM_URL: str = env.str("STREAM_URL", default=f"{API_URL}/api/v1/notifications/stream/")
STREAM_LIVING_SESSIONS = "accounts.authentication.living_sessions"
STREAM_MAX_CLIENTS: int = env.int("STREAM_MAX_CLIENTS", default=10_000)
STREAM_KEEP_ALIVE_SECONDS: float = env.float("STREAM_KEEP_ALIVE_SECONDS", default=15.0)
STREAM_CHECK_SECONDS: float = env.float("STREAM_CHECK_SECONDS", default=60.0)

# --- figures ---------------------------------------------------------------------------------------------------
# Prometheus shows it at /metrics, which does not exist without it.
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")
