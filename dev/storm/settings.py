"""``make run``'s settings, with a kind of their own and less patience for a mail server that says nothing."""

from numerai.settings.development import *

INSTALLED_APPS = [*INSTALLED_APPS, "dev.storm"]
EMAIL_TIMEOUT = 2
