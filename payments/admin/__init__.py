"""Operators look, search and replay; money and what Stripe said are never edited here."""

from payments.admin import billing, customers, disputes, events, reconciling, refunds, selling

__all__ = ["billing", "customers", "disputes", "events", "reconciling", "refunds", "selling"]
