"""How a dispute ended is said in words, in every language that there is."""

import pytest

from accounts.models import User
from notifications import kinds, wording
from notifications.wording import languages, texts
from payments.models.dispute import CLOSED
from payments.notices.kinds import OPERATOR_DISPUTE_CLOSED

pytestmark = pytest.mark.django_db


def titles(user: User, language: str, outcomes: tuple[str, ...]) -> list[str]:
    sample = texts.sample_of(OPERATOR_DISPUTE_CLOSED)
    contexts = [
        wording.context_for(recipient=user, data=sample | {"status": status}, action_url="/") for status in outcomes
    ]
    kind = kinds.get(OPERATOR_DISPUTE_CLOSED)
    return [wording.render(kind, "in_app", language, context)["title"] for context in contexts]


@pytest.mark.parametrize("language", languages())
def test_each_outcome_has_its_own_words(alice: User, language: str) -> None:
    said = titles(alice, language, CLOSED)
    assert len(set(said)) == len(CLOSED)
    assert not any("_" in title for title in said)
    assert language == "en" or not set(said) & set(titles(alice, "en", CLOSED))


def test_an_outcome_that_is_new_is_told_as_it_is_called(alice: User) -> None:
    assert all("arbitrated" in title for language in languages() for title in titles(alice, language, ("arbitrated",)))
