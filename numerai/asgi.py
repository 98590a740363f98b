import os

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "numerai.settings.production")
# Neither the admin nor the apps above accounts are served here; they would bring every vendor's library, 50 MB.
ABSENT = {"unfold.apps.BasicAppConfig", "accounts.apps.DeskConfig", "payments", "numerology"}
settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app not in ABSENT]
django.setup()

from notifications.stream.app import Application  # noqa: E402 - settings first

application = Application()
