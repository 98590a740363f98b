from notifications.tests.rules import BOOK, RULES


def test_every_rule_is_held_or_explained() -> None:
    assert set(RULES) == set(range(1, 89))
    assert set(RULES) - set(BOOK.holders) - set(BOOK.not_applicable) == set()
    assert set(BOOK.holders) & set(BOOK.not_applicable) == set()


def test_every_test_that_is_named_is_there() -> None:
    assert BOOK.unknown() == []


def test_the_table_is_up_to_date() -> None:
    assert BOOK.page.read_text() == BOOK.table(), "Run: python -m notifications.tests.rules"
