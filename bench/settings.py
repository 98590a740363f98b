"""Production's behaviour on a developer's services: JSON logs, no reloading, the bare view beside the API."""

from numerai.settings.development import *
from numerai.settings.logs import logging_config

ROOT_URLCONF = "bench.urls"
LOGGING = logging_config(level="INFO", style="json")
WHITENOISE_USE_FINDERS = False
