import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "numerai.settings.production")
django.setup()

from notifications.stream.app import Application  # noqa: E402 - settings first

application = Application()
