"""Operators look, search and replay; money and what Stripe said are never edited here."""

from django.contrib import admin

from payments.admin import billing, customers, disputes, events, reconciling, refunds, selling, subscriptions, trials
from payments.admin.desk import people

admin.site.index_template = "admin/payments/first_page.html"

__all__ = [
    "billing",
    "customers",
    "disputes",
    "events",
    "people",
    "reconciling",
    "refunds",
    "selling",
    "subscriptions",
    "trials",
]
