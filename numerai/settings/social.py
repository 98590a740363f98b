"""Signing in by Google and Apple."""

import environ

env = environ.Env()

# The first client id is the website's, in whose name codes are exchanged; the others are apps'.
GOOGLE_CLIENT_IDS: list[str] = env.list("GOOGLE_CLIENT_IDS", default=[])
GOOGLE_CLIENT_SECRET: str = env.str("GOOGLE_CLIENT_SECRET", default="")
GOOGLE_RISC_CONFIGURATION_URL: str = env.str(
    "GOOGLE_RISC_CONFIGURATION_URL", default="https://accounts.google.com/.well-known/risc-configuration"
)
APPLE_CLIENT_IDS: list[str] = env.list("APPLE_CLIENT_IDS", default=[])
APPLE_TEAM_ID: str = env.str("APPLE_TEAM_ID", default="")
APPLE_KEY_ID: str = env.str("APPLE_KEY_ID", default="")
APPLE_PRIVATE_KEY: str = env.str("APPLE_PRIVATE_KEY", default="").replace("\\n", "\n")
SOCIAL_REDIRECT_URIS: list[str] = env.list("SOCIAL_REDIRECT_URIS", default=[])
# Where the two are instead of at home, for tests.
GOOGLE_BASE_URL: str = env.str("GOOGLE_BASE_URL", default="")
APPLE_BASE_URL: str = env.str("APPLE_BASE_URL", default="")
SOCIALACCOUNT_ADAPTER = "accounts.social.protocol.adapter.Adapter"
# allauth reads this once, when it is imported. Google writes its name both ways.
SOCIALACCOUNT_PROVIDERS = {"google": {"ID_TOKEN_ISSUER": ["https://accounts.google.com", "accounts.google.com"]}}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
