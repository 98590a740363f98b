from payments.tests.rules import NOT_APPLICABLE, PAGE, RULES, holders, table


def test_every_rule_is_held_or_explained() -> None:
    held = set(holders())

    assert set(RULES) == set(range(1, 101))
    assert set(RULES) - held - set(NOT_APPLICABLE) == set()
    assert held & set(NOT_APPLICABLE) == set()


def test_the_table_is_up_to_date() -> None:
    assert PAGE.read_text() == table(), "Run: python -m payments.tests.rules"
