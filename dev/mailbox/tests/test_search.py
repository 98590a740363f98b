from datetime import UTC, datetime

import pytest

from dev.mailbox.message import parse
from dev.mailbox.search import matches, search_text

RAW = (
    b"From: Sender <sender@example.com>\r\nTo: Alice <alice@example.com>\r\nCc: carol@example.com\r\n"
    b"Subject: Your sign-in code\r\n\r\nThe code is 123456, see https://example.com/in at 12:30"
)
TEXT = search_text(parse(RAW, mail_id="1", created=datetime(2026, 11, 20, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("to:alice@example.com", True),
        ("to:ALICE", True),
        ("to:carol", False),
        ("from:sender@", True),
        ("subject:code", True),
        ("subject:123456", False),
        ('subject:"sign-in code"', True),
        ('subject:"code sign-in"', False),
        ("123456", True),
        ("carol", True),
        ('"code is"', True),
        ("https://example.com/in", True),
        ("12:30", True),
        ("to:alice subject:code 123456", True),
        ("to:alice subject:code 654321", False),
        ("", True),
    ],
)
def test_all_terms_must_match(query: str, *, found: bool) -> None:
    assert matches(TEXT, query) is found
