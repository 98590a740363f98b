"""People, their profiles, sessions and codes, for operators."""

from django.contrib import admin

from accounts.admin import changes, events, factors, identities, leaving, people, sign_ins
from accounts.admin.login import LoginForm

admin.site.login_form = LoginForm

__all__ = ["changes", "events", "factors", "identities", "leaving", "people", "sign_ins"]
