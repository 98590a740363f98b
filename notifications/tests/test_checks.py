from django.core.checks import run_checks
from pytest_django import Settings

from notifications import kinds
from notifications.kinds import Kind


def ids() -> set[str | None]:
    return {message.id for message in run_checks() if (message.id or "").startswith("notifications.")}


def test_a_sound_deployment_passes() -> None:
    assert ids() == set()


def test_a_kind_without_its_templates_is_found() -> None:
    kinds.register(Kind("sample.incomplete", "info", "news", ("in_app", "email")))
    found = [message for message in run_checks() if message.id == "notifications.E001"]
    assert [message.msg.split(":")[0] for message in found] == [
        "notifications/sample.incomplete/title.txt is malformed",
        "notifications/sample.incomplete/message.txt is missing.",
        "notifications/sample.incomplete/subject.txt is missing.",
        "notifications/sample.incomplete/body.txt is missing.",
        "notifications/sample.incomplete/body.html is missing.",
    ]
    assert {message.hint for message in found} == {"It belongs to the kind sample.incomplete."}


def test_waiting_for_ever_is_found(settings: Settings) -> None:
    settings.EMAIL_TIMEOUT = None
    assert ids() == {"notifications.E002"}


def test_a_lease_shorter_than_the_wait_is_found(settings: Settings) -> None:
    settings.JOB_LEASE_SECONDS = settings.EMAIL_TIMEOUT
    assert ids() == {"notifications.W001"}
