from dataclasses import replace
from typing import Any

import pytest

from notifications import kinds
from notifications.tests.conftest import NOTE, PLAN_CHANGED


def test_a_registered_kind_is_found() -> None:
    assert kinds.get("sample.plan_changed") == PLAN_CHANGED
    assert PLAN_CHANGED.in_centre
    assert [kind.name for kind in kinds.registered()] == sorted(kind.name for kind in kinds.registered())


def test_an_unknown_kind_is_an_error_at_once() -> None:
    with pytest.raises(kinds.UnknownKind, match=r"sample\.nothing"):
        kinds.get("sample.nothing")


def test_registering_the_same_kind_again_changes_nothing() -> None:
    before = kinds.registered()
    kinds.register(replace(NOTE))
    assert kinds.registered() == before


def test_two_different_kinds_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="registered already"):
        kinds.register(replace(NOTE, critical=True))
    assert kinds.get("sample.note") == NOTE


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "note"},
        {"name": "Sample.Note"},
        {"name": "sample.note.more"},
        {"category": ""},
        {"category": "Two words"},
        {"notification_type": "surprise"},
        {"channels": ()},
        {"channels": ("pigeon",)},
        {"channels": ("email", "email")},
        {"channels": ("in_app", "email"), "is_addressed": True},
    ],
)
def test_words_that_do_not_exist_are_refused(wrong: dict[str, Any]) -> None:
    kind = replace(NOTE, **({"name": "sample.other"} | wrong))
    with pytest.raises(ValueError, match=r"named|category|type|channels|addressed"):
        kinds.register(kind)
    assert "sample.other" not in {kind.name for kind in kinds.registered()}
