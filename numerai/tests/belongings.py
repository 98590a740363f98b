"""Something of everybody's own for every kind of id that a path may hold, so that strangers can be tried on it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.db.models import Model

from accounts.models import ExportJob, ExportState, Identity, IdentityProvider, Passkey, Session, User
from accounts.sessions import open_session
from notifications.destinations.services import register
from notifications.models import Notification
from notifications.vocabulary import ChannelName
from numerai.common import clock
from numerology.models import CompatibilityCheck, PeopleImport, Person, Remedy
from numerology.people import services as people
from payments.models import BillingHistory, CheckoutSession, Payment
from payments.tests.factories import paid_subscription, stripe_customer

Belonging = tuple[str, Model | None]


def notification(owner: User) -> Belonging:
    row = Notification.objects.create(recipient=owner, kind="sample.note", notification_type="info", title="Private")
    return str(row.public_id), row


def device(owner: User) -> Belonging:
    row, _ = register(
        user=owner, channel=ChannelName.MOBILE_PUSH, address={"token": uuid4().hex * 4}, device_type="ios"
    )
    return str(row.public_id), row


def payment(owner: User) -> Belonging:
    paid_subscription(owner)
    row = Payment.objects.get(user=owner)
    return str(row.pk), row


def payment_intent(owner: User) -> Belonging:
    _, row = payment(owner)
    assert isinstance(row, Payment)
    return row.stripe_id, row


def invoice(owner: User) -> Belonging:
    paid_subscription(owner)
    row = BillingHistory.objects.get(user=owner)
    return str(row.pk), row


def checkout(owner: User) -> Belonging:
    now = clock.now()
    row = CheckoutSession.objects.create(
        user=owner,
        customer=stripe_customer(owner),
        stripe_id=f"cs_test_{uuid4().hex}",
        livemode=False,
        mode="payment",
        kind="sample",
        amount=500,
        currency="usd",
        status="open",
        payment_status="unpaid",
        expires_at=now + timedelta(hours=1),
        stripe_created_at=now,
    )
    return row.stripe_id, row


def payment_method(owner: User) -> Belonging:
    """At Stripe and nowhere here."""
    stripe_customer(owner)
    return f"pm_{uuid4().hex}", None


def session(owner: User) -> Belonging:
    open_session(user=owner)
    row = Session.objects.filter(user=owner).latest("created_at")
    return str(row.pk), row


def identity(owner: User) -> Belonging:
    row = Identity.objects.create(user=owner, provider=IdentityProvider.GOOGLE, subject=uuid4().hex)
    return str(row.pk), row


def passkey(owner: User) -> Belonging:
    row = Passkey.objects.create(user=owner, credential_id=uuid4().bytes, credential=b"public", name="Phone")
    return str(row.pk), row


def export(owner: User) -> Belonging:
    now = clock.now()
    row = ExportJob.objects.create(
        user=owner, state=ExportState.READY, is_file=True, finished_at=now, expires_at=now + timedelta(days=1)
    )
    return str(row.pk), row


def person(owner: User) -> Belonging:
    row = Person.objects.create(
        owner=owner,
        name="Thomas John Hancock",
        birth_date=date(1949, 5, 10),
        relationship="friend",
        relationship_kind="friend",
    )
    people.calculate(owner=owner, person=row, system="pythagorean")
    return str(row.pk), row


def people_import(owner: User) -> Belonging:
    row = PeopleImport.objects.create(owner=owner, total=1, rows=[{"row": 2, "cells": {}, "is_long": False}])
    return str(row.pk), row


def compatibility_check(owner: User) -> Belonging:
    now = clock.now()
    row = CompatibilityCheck.objects.create(
        user=owner,
        full_name="Private",
        birth_date=date(1990, 8, 15),
        partner_name="Secret",
        partner_birth_date=date(1985, 3, 17),
        relationship_type="romantic",
        calculation_system="pythagorean",
        compatibility_score=59,
        breakdown={"score": 59, "level": "neutral", "total": 58.75, "positions": [], "is_reweighted": False}
        | dict.fromkeys(("method", "version"), "1"),
        together=dict.fromkeys(("sum", "sum_root", "difference"), 4)
        | {"sum_chain": [4]}
        | dict.fromkeys(("calculation", "method", "sum_title", "sum_text", "difference_title", "difference_text"), ""),
        strengths=[],
        challenges=[],
        engine_version=1,
        score_version="1",
        content_version=1,
        checked_on=now.date(),
        fingerprint=uuid4().hex,
        created_at=now,
    )
    return str(row.pk), row


def remedy(owner: User) -> Belonging:
    row = Remedy.objects.create(
        user=owner,
        remedy_type="ritual",
        position="balance",
        number=2,
        title="Private",
        description="",
        recommendation="",
        reason="",
        content_version=1,
    )
    return str(row.pk), row


# By the name that the id has in the route.
BELONGINGS: dict[str, Callable[[User], Belonging]] = {
    "device_id": device,
    "public_id": notification,
    "payment_id": payment,
    "payment_intent_id": payment_intent,
    "invoice_id": invoice,
    "payment_method_id": payment_method,
    "session_id": session,
    "identity_id": identity,
    "factor_id": passkey,
    "job_id": export,
    "check_id": compatibility_check,
    "person_id": person,
    "import_id": people_import,
    "remedy_id": remedy,
}
# One name for two things, and a name that is no id.
BY_ROUTE: dict[str, Callable[[User], Belonging]] = {
    "api/v1/payments/checkout-status/<path:session_id>/": checkout,
    "api/v1/notifications/webhooks/email/<slug:provider>/": lambda owner: ("postmark", None),
}


def content_of(row: Model | None) -> dict[str, Any] | None:
    """All columns of ``row`` as they stand now."""
    if row is None:
        return None
    found: dict[str, Any] = type(row)._base_manager.values().get(pk=row.pk)
    return found
