"""The words that ship: in each language that has a folder, complete, with the same parts and the same names."""

from pathlib import Path

import pytest
from django.apps import apps

from notifications import kinds
from notifications.wording import TemplateFault, category_title, checking, languages, texts, title_of
from notifications.wording.rendering import Words
from notifications.wording.sms import MOST_SEGMENTS, segments

pytestmark = pytest.mark.django_db

APPS = ("accounts", "notifications", "numerology", "payments")
ENGLISH = sorted(
    path.stem
    for app in APPS
    for path in (Path(apps.get_app_config(app).path) / "texts" / "en").glob("*.*.toml")
)  # fmt: skip


CHANNEL_OF = {section: channel for channel, (section, *_) in texts.SECTIONS_OF.items()}
# Its words are sent by a button of its own, so nobody has preferences about it.
NO_KIND = {"notifications.destination_test"}


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", ENGLISH)
def test_every_kind_speaks_every_language(kind: str, language: str) -> None:
    assert checking.differences(kind, language) == []


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", ENGLISH)
def test_rule_58_every_word_can_be_rendered(kind: str, language: str) -> None:
    found = texts.load(kind, language)
    assert found is not None
    for section, parts in found.sections.items():
        assert checking.part_faults(kind, parts) == {}
        said = Words(kind, CHANNEL_OF[section], language, parts).render(checking.sample_context(kind))
        assert all(text.strip() for text in said.values())
        assert not [mark for mark in ("{{", "{%", "**") for text in said.values() if mark in text]
        if section == "sms":
            assert segments(said["text"]) <= MOST_SEGMENTS // 2


def test_every_file_is_a_kinds_and_every_kind_has_one() -> None:
    known = {kind.name for kind in kinds.registered() if not kind.name.startswith("sample.")}
    assert known == set(ENGLISH) - NO_KIND


@pytest.mark.parametrize("language", languages())
def test_labels_and_categories_speak_every_language(language: str) -> None:
    folder = Path(apps.get_app_config("notifications").path) / "texts"
    own, english = (texts.read(folder / name / "labels.toml") for name in (language, "en"))
    assert set(own) == set(english)
    assert set(own["formats"]) == set(english["formats"])
    for app in APPS:
        at = Path(apps.get_app_config(app).path) / "texts"
        assert set(texts.read(at / language / "categories.toml")) == set(texts.read(at / "en" / "categories.toml"))


def test_every_category_has_a_title() -> None:
    for kind in kinds.registered():
        assert category_title(kind.category, "en") != kind.category
        assert title_of(kind.name, "en") != kind.name, kind.name


def test_what_nobody_has_words_for_is_called_by_its_name() -> None:
    assert title_of("nobody.knows", "es") == "nobody.knows"
    assert title_of("sample.never_written", "en") == "sample.never_written"
    assert category_title("nothing", "en") == "nothing"
    assert texts.sample_of("nobody.knows") == {}


@pytest.mark.parametrize(
    ("locale", "asked"),
    [
        ("es-MX", ("es-mx", "es", "en")),
        ("zh-Hant-TW", ("zh-hant-tw", "zh-hant", "zh", "en")),
        ("en", ("en",)),
        ("en_GB", ("en-gb", "en")),
        ("", ("en",)),
        ("../../etc", ("en",)),
        ("x" * 40, ("en",)),
    ],
)
def test_rule_84_the_nearest_language_speaks(locale: str, asked: tuple[str, ...]) -> None:
    assert texts.chain(locale) == asked


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("name = ", "malformed"),
        ("[in_app]\ntitle = 'a'\nmessage = 'b'\n", "no name"),
        ("name = 'a'\n[fax]\ntext = 'a'\n", "no section fax"),
        ("name = 'a'\nsms = 'b'\n", "no section sms"),
        ("name = 'a'\n[sms]\n", r"too little or too much: text"),
        ("name = 'a'\n[sms]\ntext = 'a'\nbody = 'b'\n", r"too little or too much: body"),
        ("name = 'a'\n[sms]\ntext = 5\n", r"too little or too much: text"),
        ("name = 'a'\nsample = 5\n", "no table"),
    ],
    ids=["toml", "name", "section", "text as section", "too little", "too much", "number", "sample"],
)
def test_a_malformed_file_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, fault: str) -> None:
    monkeypatch.setattr(apps.get_app_config("sample"), "path", str(tmp_path))
    (tmp_path / "texts" / "en").mkdir(parents=True)
    (tmp_path / "texts" / "en" / "sample.note.toml").write_text(written)
    with pytest.raises(TemplateFault, match=fault):
        texts.load("sample.note", "en")
    assert fault.rsplit(maxsplit=1)[-1] in " ".join(checking.faults(kinds.get("sample.note")))


def test_what_is_missing_or_empty_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps.get_app_config("sample"), "path", str(tmp_path))
    note = kinds.get("sample.note")
    assert checking.faults(note) == ["sample.note, en: there are no words."]
    (tmp_path / "texts" / "en").mkdir(parents=True)
    path = tmp_path / "texts" / "en" / "sample.note.toml"
    path.write_text(f"name = 'a'\n[push]\ntitle = ' '\nmessage = '{{{{ nobody }}}}'\n[sms]\ntext = '{'a' * 10_001}'\n")
    texts._document.cache_clear()
    assert checking.faults(note) == [
        "sample.note, en: [in_app] is missing.",
        "sample.note, en: [push] title: It is empty.",
        "sample.note, en: [push] message: It asks for what nobody gives it: nobody.",
        "sample.note, en: [sms] text: It is too long.",
    ]
