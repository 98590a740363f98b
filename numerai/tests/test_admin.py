"""Every page an operator can open opens, for every model there is."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse
from unfold.admin import ModelAdmin

from accounts.models import User

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
