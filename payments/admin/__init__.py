"""Operators look, search and replay; money and what Stripe said are never edited here."""

from payments.admin import billing, customers, events, reconciling

__all__ = ["billing", "customers", "events", "reconciling"]
