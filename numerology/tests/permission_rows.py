from numerai.tests.access import Access

ROWS: dict[str, Access] = {}
