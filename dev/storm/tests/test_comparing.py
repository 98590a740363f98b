"""The judge of a storm: it has to see a message that is lost, and one that comes twice without a reason."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from dev.local_providers import Asked
from dev.storm.comparing import Account, Taken, compared, lines
from dev.storm.people import (
    BOT,
    BROWSER,
    FIRST_NUMBER,
    FIRST_USER,
    MAIL,
    PHONE,
    TEXT,
    WEBHOOK,
    Message,
    Way,
    mail_to,
    message_of,
)

WANTED: dict[int, Message] = {1: (MAIL, 7), 2: (TEXT, 7), 3: (BOT, 7)}
SENT = dict.fromkeys(WANTED, "sent")
ONCE = Counter(WANTED.values())


def of(way: Way, taken: Counter[Message], statuses: dict[int, str], interrupted: set[int]) -> Account:
    return next(account for account in compared(WANTED, taken, statuses, interrupted) if account.way is way)


def test_what_came_once_and_says_so_is_sound() -> None:
    accounts = compared(WANTED, ONCE, SENT, set())
    assert all(account.is_sound for account in accounts)
    assert sum(account.wanted for account in accounts) == sum(account.taken for account in accounts) == 3


def test_what_never_came_is_lost_whatever_its_row_says() -> None:
    account = of(TEXT, ONCE - Counter([WANTED[2]]), SENT, set())
    assert (account.lost, account.unsettled, account.is_sound) == ([2], [], False)
    assert any(line == "texts, lost: deliveries 2" for line in lines([account]))


@pytest.mark.parametrize("statuses", [SENT | {2: "failed"}, {1: "sent", 3: "sent"}], ids=["failed", "gone"])
def test_what_came_and_is_not_known_to_have_is_no_less_wrong(statuses: dict[int, str]) -> None:
    account = of(TEXT, ONCE, statuses, set())
    assert (account.lost, account.unsettled, account.is_sound) == ([], [2], False)


@pytest.mark.parametrize(("interrupted", "is_sound"), [({2}, True), ({1, 3}, False)])
def test_a_double_needs_a_sending_that_was_broken_off(interrupted: set[int], *, is_sound: bool) -> None:
    account = of(TEXT, ONCE + Counter({WANTED[2]: 2}), SENT, interrupted)
    assert (account.doubles, account.is_sound) == ([2, 2], is_sound)


def test_who_takes_a_message_once_by_its_key_may_have_no_double_at_all() -> None:
    assert not of(BOT, ONCE + Counter([WANTED[3]]), SENT, {3}).is_sound


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/push/7", b"", (BROWSER, 7)),
        ("/v1/projects/sample/messages:send", b'{"message": {"token": "token7"}}', (PHONE, 7)),
        ("/2010-04-01/Accounts/AC/Messages.json", f"To=%2B{FIRST_NUMBER + 7}".encode(), (TEXT, 7)),
        (f"/api/v10/webhooks/{FIRST_USER + 7}/secret?wait=true", b"{}", (WEBHOOK, 7)),
        (f"/api/v10/channels/2{FIRST_USER + 7:0>18}/messages", b"{}", (BOT, 7)),
        ("/api/v10/users/@me/channels", b"{}", None),
        ("/token", b"", None),
    ],
)
def test_each_provider_is_heard(path: str, body: bytes, message: Message | None) -> None:
    assert message_of(Asked("POST", path, {}, body)) == message
    assert mail_to("7@example.com") == (MAIL, 7)


def test_nothing_is_miscounted_that_comes_at_once() -> None:
    taken = Taken()
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(taken.add, [(MAIL, number % 10) for number in range(400)]))
    assert sorted(told) == list(range(1, 401))
    assert (taken.total, set(taken.counts.values())) == (400, {40})
