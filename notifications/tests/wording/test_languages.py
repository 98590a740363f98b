"""A language is a folder; it is chosen when something is sent, and the centre tells old rows anew."""

import shutil
from pathlib import Path

import pytest
from django.apps import apps
from pytest_django import DjangoAssertNumQueries, Settings
from structlog.testing import capture_logs

from accounts.models import Profile, User
from dev.mailbox import Mailbox
from notifications import kinds, wording
from notifications.deliveries import dispatch
from notifications.kinds import Kind
from notifications.models import Notification
from notifications.services import notify
from notifications.tests.conftest import PLAN_CHANGED, email_delivery
from notifications.wording import checking, editing, languages, texts

pytestmark = pytest.mark.django_db

GERMAN = """
name = "Dein Tarif ändert sich"

[in_app]
title = "{{ person.full_name }}, dein Tarif ist {{ plan }}"
message = "Ab heute hast du {{ plan }}{% if extra %} und {{ extra }}{% endif %}."

[email]
subject = "Dein Tarif: {{ plan }}"
preheader = "Du hast jetzt {{ plan }}."
heading = "Dein Tarif ist {{ plan }}"
body = "Hallo {{ person.full_name }}, du hast jetzt **{{ plan }}**."
"""


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The imaginary app with a folder more."""
    sample = apps.get_app_config("sample")
    shutil.copytree(Path(sample.path) / "texts", tmp_path / "texts")
    monkeypatch.setattr(sample, "path", str(tmp_path))
    folder = tmp_path / "texts" / "de"
    folder.mkdir()
    (folder / "sample.plan_changed.toml").write_text(GERMAN)
    (folder / "categories.toml").write_text('billing = "Geld"\n')
    return folder


def speak(user: User, locale: str) -> User:
    Profile.objects.filter(user=user).update(locale=locale)
    return User.objects.get(pk=user.pk)


def test_a_language_is_added_by_adding_a_folder(german: Path) -> None:
    assert "de" in languages()
    assert wording.title_of("sample.plan_changed", "de-AT") == "Dein Tarif ändert sich"
    assert wording.title_of("sample.note", "de-AT") == "A note"
    assert wording.category_title("billing", "de") == "Geld"
    assert wording.category_title("news", "de") == "News"
    assert checking.differences("sample.plan_changed", "de") == []
    assert checking.differences("sample.note", "de") == ["There are no words."]
    assert checking.faults(PLAN_CHANGED) == checking.faults(kinds.get("sample.note")) == []


@pytest.mark.parametrize(
    ("changed", "to", "found"),
    [
        ("{% if extra %} und {{ extra }}{% endif %}", "", "[in_app] asks for other names than English: extra."),
        ("[email]", "[push]\ntitle = 'a'\nmessage = 'b'\n\n[email]", "[push] has other parts than English"),
        ("Du hast jetzt", "{{ tarif }}", "[email] asks for other names than English: tarif."),
        ('**."\n', "**.\"\n[sample]\nplan = 'x'\n", "Only English has a sample."),
    ],
    ids=["a name less", "a section more", "a name more", "a sample"],
)
def test_a_translation_that_differs_is_found(german: Path, changed: str, to: str, found: str) -> None:
    (german / "other.toml").write_text("")
    path = german / "sample.plan_changed.toml"
    path.write_text(GERMAN.replace(changed, to))
    texts._document.cache_clear()
    assert any(sentence.startswith(found) for sentence in checking.differences("sample.plan_changed", "de"))
    texts._document.cache_clear()


def test_rule_84_the_language_is_that_of_the_moment_of_sending(german: Path, alice: User, mailbox: Mailbox) -> None:
    delivery = email_delivery(alice)
    speak(alice, "de-AT")
    dispatch.deliver(delivery.pk)
    (mail,) = mailbox.messages()
    assert mail.subject == "Dein Tarif: premium"
    assert 'lang="de"' in mail.html
    assert "du hast jetzt <strong>premium</strong>." in mail.html


def test_the_centre_keeps_the_language_of_the_moment(german: Path, alice: User) -> None:
    made = notify(user=speak(alice, "de"), kind="sample.plan_changed", context={"plan": "Elite"})
    made.refresh_from_db()
    assert (made.language, made.message) == ("de", "Ab heute hast du Elite.")


def test_rule_84_old_rows_are_told_anew(
    german: Path, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    old = notify(user=alice, kind="sample.plan_changed", context={"plan": "Elite"})
    note = notify(user=alice, kind="sample.note", context={"text": "only in English"})
    gone = Notification.objects.create(
        recipient=alice, kind="gone.away", notification_type="info", title="t", message="m", language="en"
    )
    broken = Notification.objects.create(
        recipient=alice, kind="sample.plan_changed", notification_type="info", title="t", message="m", language="en"
    )
    rows = [old, note, gone, broken]
    with django_assert_num_queries(0):
        assert wording.in_app_for(rows, alice) == {}
    alice = speak(alice, "de")
    assert alice.locale == "de"
    with django_assert_num_queries(1), capture_logs() as logs:
        told = wording.in_app_for(rows, alice)
    assert told == {
        old.pk: {"title": "Alice Marie Johnson, dein Tarif ist Elite", "message": "Ab heute hast du Elite."}
    }
    assert [(entry["event"], entry["kind"]) for entry in logs] == [
        ("told_in_old_language", "gone.away"),
        ("told_in_old_language", "sample.plan_changed"),
    ]


def test_devices_are_told_what_the_centre_tells(german: Path, alice: User) -> None:
    context = wording.context_for(recipient=alice, data={"plan": "Elite"}, action_url="")
    for channel in ("web_push", "mobile_push", "discord"):
        said = wording.render(PLAN_CHANGED, channel, "de", context)
        assert said["message"] == "Ab heute hast du Elite."
    (german / "sample.note.toml").write_text(
        'name = "n"\n[in_app]\ntitle = "a"\nmessage = "b"\n[push]\ntitle = "c"\nmessage = "d"\n'
    )
    note = kinds.get("sample.note")
    assert wording.render(note, "web_push", "de", context) == {"title": "c", "message": "d"}
    assert wording.render(note, "in_app", "de", context) == {"title": "a", "message": "b"}


def test_an_operators_words_come_first_and_the_nearest_language_before_that(
    german: Path, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    context = wording.context_for(recipient=alice, data={"plan": "Elite"}, action_url="")
    editing.put("sample.plan_changed", "in_app", "en", {"title": "own {{ plan }}", "message": "m"})

    def title(channel: str, locale: str) -> str:
        with django_assert_num_queries(1):
            return wording.render(PLAN_CHANGED, channel, locale, context)["title"]

    assert title("in_app", "en") == "own Elite"
    assert title("web_push", "en") == "own Elite"
    assert title("in_app", "de").startswith("Alice Marie Johnson, dein")
    editing.put("sample.plan_changed", "web_push", "de", {"title": "nur hier", "message": "m"})
    assert title("web_push", "de") == "nur hier"
    assert title("mobile_push", "de").startswith("Alice Marie Johnson, dein")


def test_when_an_operators_words_fail_the_shipped_ones_are_sent(alice: User) -> None:
    editing.put("sample.plan_changed", "in_app", "en", {"title": "own {{ extra }}", "message": "m"})
    context = wording.context_for(recipient=alice, data={"plan": "Elite"}, action_url="")
    with capture_logs() as logs:
        said = wording.render(PLAN_CHANGED, "in_app", "en", context)
    assert said["title"].endswith("your plan is Elite")
    assert [entry["event"] for entry in logs] == ["wording_failed"]


def test_many_are_told_with_words_that_are_looked_up_once(
    alice: User, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    contexts = [wording.context_for(recipient=person, data={"plan": "Elite"}, action_url="") for person in (alice, bob)]
    with django_assert_num_queries(1):
        words = wording.words_for(PLAN_CHANGED, "in_app", "en")
        said = [words.render(context)["title"] for context in contexts]
    assert said == ["Alice Marie Johnson, your plan is Elite", "Bob Stone, your plan is Elite"]


def test_while_debugging_an_edited_file_shows_at_once(german: Path, settings: Settings) -> None:
    settings.DEBUG = True
    assert wording.title_of("sample.plan_changed", "de") == "Dein Tarif ändert sich"
    (german / "sample.plan_changed.toml").write_text(GERMAN.replace("Dein Tarif ändert sich", "Neu"))
    assert wording.title_of("sample.plan_changed", "de") == "Neu"


def test_a_kind_that_goes_no_such_way_has_no_words_for_it() -> None:
    with pytest.raises(editing.WordsRefused, match="does not go that way"):
        editing.try_out("sample.note", "sms", "en", {"text": "a"})
    with pytest.raises(editing.WordsRefused, match="no such language"):
        editing.try_out("sample.note", "in_app", "tlh", {"title": "a", "message": "b"})
    with pytest.raises(editing.WordsRefused, match="fax: There is no such part"):
        editing.try_out("sample.note", "in_app", "en", {"title": "a", "message": "b", "fax": "c"})
    kinds.register(Kind("sample.texted", "info", "news", ("sms",)))
    with pytest.raises(editing.WordsRefused, match="takes 7 segments"):
        editing.try_out("sample.texted", "sms", "en", {"text": "{{ word }}" + "a" * 950})
    assert editing.try_out("sample.texted", "sms", "en", {"text": "{{ word }}"}) == {"text": "hello"}
