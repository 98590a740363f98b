from django.core.checks import run_checks
from pytest_django import Settings

from notifications import kinds
from notifications.kinds import Kind


def ids() -> set[str | None]:
    return {message.id for message in run_checks() if (message.id or "").startswith("notifications.")}


def test_a_sound_deployment_passes() -> None:
    assert ids() == set()


def test_a_kind_with_unsound_words_is_found() -> None:
    kinds.register(Kind("sample.incomplete", "info", "news", ("in_app", "email")))
    found = [message for message in run_checks() if message.id == "notifications.E001"]
    assert [message.msg for message in found] == [
        "sample.incomplete, en: [email] is missing.",
        "sample.incomplete, en: [in_app] title: TemplateSyntaxError: Unexpected end of expression in if tag.",
        "sample.incomplete, en: [in_app] message: It may not ask for person.clear.",
    ]
    assert {message.hint for message in found} == {"It belongs to the kind sample.incomplete."}


def test_waiting_for_ever_is_found(settings: Settings) -> None:
    settings.EMAIL_TIMEOUT = None
    assert ids() == {"notifications.E002"}


def test_a_lease_shorter_than_the_wait_is_found(settings: Settings) -> None:
    settings.JOB_LEASE_SECONDS = settings.EMAIL_TIMEOUT
    assert ids() == {"notifications.W001"}
