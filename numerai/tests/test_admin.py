"""Every page an operator can open opens, for every model there is."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db import models
from django.test import Client
from django.urls import reverse
from unfold.admin import ModelAdmin

from accounts.models import User
from numerai.tests.test_settings import COMPLETE, start

OURS = ("common", "accounts", "payments", "notifications", "numerology")


@pytest.fixture
def desk(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


@pytest.mark.parametrize("label", OURS)
def test_every_model_of_ours_is_in_the_admin_and_can_be_searched(label: str) -> None:
    for model in apps.get_app_config(label).get_models():
        registered = admin.site._registry.get(model)
        assert registered is not None, model
        assert registered.search_fields, model


@pytest.mark.parametrize("model", admin.site._registry, ids=str)
def test_every_list_opens_and_searches_in_our_dress(desk: Client, model: type[models.Model]) -> None:
    assert isinstance(admin.site._registry[model], ModelAdmin)
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert desk.get(url).status_code == 200
    assert desk.get(url, {"q": "a search"}).status_code == 200


@pytest.mark.parametrize("model", admin.site._registry, ids=str)
def test_every_form_for_adding_opens_or_is_refused(desk: Client, model: type[models.Model]) -> None:
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
    expected = 200 if _may_add(desk, model) else 403
    assert desk.get(url).status_code == expected


def _may_add(desk: Client, model: type[models.Model]) -> bool:
    request = desk.get("/admin/").wsgi_request
    return bool(admin.site._registry[model].has_add_permission(request))


def test_the_admin_is_for_operators(client: Client, bob: User) -> None:
    client.force_login(bob)
    assert client.get("/admin/").status_code == 302


def test_an_operator_signs_in_with_the_password(client: Client, operator: User) -> None:
    answer = client.post(
        "/admin/login/?next=/admin/",
        {"username": "Operator@Example.com", "password": "correct horse battery staple"},
    )
    assert answer.status_code == 302
    assert answer["Location"] == "/admin/"


# What can be computed anew, and what describes no person and no money.
MAY_BE_DELETED = {
    "auth.Group",
    "django_celery_beat.ClockedSchedule",
    "django_celery_beat.CrontabSchedule",
    "django_celery_beat.IntervalSchedule",
    "django_celery_beat.PeriodicTask",
    "django_celery_beat.SolarSchedule",
    "numerology.DailyReading",
    "numerology.NumerologyProfile",
}
# Where they are shown, these open nothing: fingerprints of rows and cards, the name that a caller gave a request, and
# the link to a form.
OPEN_NOTHING = {
    "rows_digest",
    "digest",
    "short_digest",
    "dedupe_key",
    "group_key",
    "key",
    "client_key",
    "routing_key",
    "password",
}
SECRETIVE = re.compile("hash|secret|token|seal|digest|key|password")


def test_rule_75_nobody_is_deleted_and_no_evidence(desk: Client) -> None:
    request = desk.get("/admin/").wsgi_request
    deletable = {
        model._meta.label for model, page in admin.site._registry.items() if page.has_delete_permission(request)
    }
    assert deletable == MAY_BE_DELETED


def test_rule_75_no_page_has_a_field_that_opens_an_account(desk: Client) -> None:
    request = desk.get("/admin/").wsgi_request
    shown = {
        f"{model._meta.label}.{name}"
        for model, page in admin.site._registry.items()
        for name in {*flatten_fieldsets(page.get_fieldsets(request)), *map(str, page.list_display)}
        if SECRETIVE.search(name) and name not in OPEN_NOTHING
    }
    assert shown == set()


def test_rule_75_lists_come_in_pages() -> None:
    assert [model for model, page in admin.site._registry.items() if page.list_per_page > 100] == []


def test_rule_75_a_login_of_an_operator_is_forgotten_in_eight_hours() -> None:
    code = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_AGE <= 8 * 3600, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY,"
        "s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_SECURE, s.ADMIN_SECOND_FACTOR, s.SESSION_SAVE_EVERY_REQUEST)"
    )
    result = start({**COMPLETE, "ADMIN_SECOND_FACTOR": "false"}, code)
    assert result.stdout.split() == ["True", "True", "True", "Lax", "True", "True", "False"]


def test_rule_75_the_path_of_the_admin_comes_from_the_environment() -> None:
    code = "import django; django.setup(); from django.urls import reverse; print(reverse('admin:index'))"
    assert start({**COMPLETE, "ADMIN_PATH": "a-quiet-corner/"}, code).stdout == "/a-quiet-corner/\n"
