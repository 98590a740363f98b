"""What the page of a person shows about their money: the way to it, for which its own permissions are needed."""

from django.contrib import admin
from django.utils.html import format_html_join

from accounts.admin.people import UserAdmin
from accounts.models import User
from payments.admin.base import link_to
from payments.admin.customers import lists_of
from payments.models import StripeCustomer


@admin.display(description="Stripe customer")
def money_of(person: User) -> str:
    rows = StripeCustomer.objects.filter(user=person).order_by("-created_at")
    shown = [(link_to(row, "" if row.livemode else f"{row} (test)"), lists_of(row)) for row in rows]
    return format_html_join("; ", "{}: {}", shown) or "-"


UserAdmin.fieldsets = (*UserAdmin.fieldsets, ("Money", {"fields": (money_of,)}))  # type: ignore[assignment]
UserAdmin.readonly_fields = (*UserAdmin.readonly_fields, money_of)  # type: ignore[assignment]
