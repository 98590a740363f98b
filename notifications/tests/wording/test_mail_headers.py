"""What machines read of a mail."""

from dataclasses import replace
from uuid import UUID

import pytest

from accounts.models import User
from dev.mailbox import Mailbox
from notifications import wording
from notifications.channels.base import DeliveryError, ErrorClass, Letter
from notifications.channels.email import Email
from notifications.tests.conftest import PLAN_CHANGED

pytestmark = pytest.mark.django_db


def letter(user: User) -> Letter:
    return Letter(
        delivery_id=7,
        public_id=UUID(int=1),
        kind=PLAN_CHANGED,
        destination="alice@example.com",
        language="en",
        context=wording.context_for(recipient=user, data={"plan": "Elite"}, action_url=""),
    )


def test_rule_88_a_mail_that_goes_again_is_the_same_message(alice: User, mailbox: Mailbox) -> None:
    for sent in (letter(alice), letter(alice), replace(letter(alice), delivery_id=8)):
        Email().send(sent)
    ids = sorted(mail.header("Message-ID") for mail in mailbox.messages())
    assert ids[0] == ids[1] != ids[2]
    assert {mail.header("Auto-Submitted") for mail in mailbox.messages()} == {"auto-generated"}
    assert {mail.header("X-Auto-Response-Suppress") for mail in mailbox.messages()} == {"All"}


def test_rule_88_what_shares_a_group_is_shown_together(alice: User, mailbox: Mailbox) -> None:
    about = replace(letter(alice), group_key="subscription:1")
    for sent in (about, replace(about, delivery_id=8), replace(about, group_key="subscription:2"), letter(alice)):
        Email().send(sent)
    threads = [mail.header("References") for mail in mailbox.messages()]
    assert sorted(threads.count(thread) for thread in set(threads)) == [1, 1, 2]
    assert "" in threads
    assert [mail.header("In-Reply-To") for mail in mailbox.messages()] == threads


@pytest.mark.parametrize("field", ["destination", "headers"])
def test_rule_56_a_line_break_in_a_header_is_refused_for_good(alice: User, mailbox: Mailbox, field: str) -> None:
    hostile = "alice@example.com\r\nBcc: victim@example.com"
    bad = replace(letter(alice), **{field: hostile if field == "destination" else {"X-Kind": hostile}})  # type: ignore[arg-type]
    with pytest.raises(DeliveryError) as refused:
        Email().send(bad)
    assert (refused.value.error_class, refused.value.code) == (ErrorClass.PERMANENT, "mail_malformed")
    assert mailbox.messages() == []
