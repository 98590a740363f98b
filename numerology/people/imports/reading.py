"""A file of comma-separated values, read into rows of text. Nothing in it is ever carried out: a formula is a text."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from numerology.people.imports.errors import PeopleFileNotAccepted

LARGEST = 1024 * 1024
MOST_ROWS = 2000
DELIMITERS = (",", ";", "\t")
# The names that a column may have, in small letters and with one space between words.
COLUMNS = {
    "name": ("name", "full name"),
    "birth_date": ("birth date", "date of birth", "birthdate", "birthday", "dob"),
    "relationship": ("relationship", "relation"),
    "notes": ("notes", "note"),
    "latin_name": ("latin name",),
    "current_name": ("current name",),
    "gender": ("gender", "sex"),
}
NEEDED = ("name", "birth_date")
FIELD_OF = {called: field for field, names in COLUMNS.items() for called in names}

# ``row`` is the number a spreadsheet gives it, ``cells`` what stands in known columns, ``is_long`` whether there were
# more cells than columns.
Row = dict[str, Any]


def rows_of(raw: bytes) -> list[Row]:
    """The rows below the header that are not empty. Raises PeopleFileNotAccepted, saying what is wrong."""
    if len(raw) > LARGEST:
        raise PeopleFileNotAccepted("The file is larger than 1 MB.")
    text = _decoded(raw)
    delimiter = _delimiter_of(text)
    rows: list[Row] = []
    fields: list[str] = []
    for number, cells in _lines(text, delimiter):
        if not any(cell.strip() for cell in cells):
            continue
        if not fields:
            fields = _checked_header(cells)
        else:
            rows.append(_row(number, fields, cells))
        if len(rows) > MOST_ROWS:
            raise PeopleFileNotAccepted(f"The file has more than {MOST_ROWS} rows. Please send it in parts.")
    if not fields:
        _checked_header([])
    if not rows:
        raise PeopleFileNotAccepted("The file has no rows below its header.")
    return rows


def _decoded(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PeopleFileNotAccepted("The file is not written in UTF-8. Please save it as CSV UTF-8.") from None
    if "\x00" in text:
        raise PeopleFileNotAccepted("The file is no text.")
    return text


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each line with its number, from 1; a line within quotes goes on in the next. Raises PeopleFileNotAccepted."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, cells
    except csv.Error:
        wrong = f"The quotes in row {number + 1} do not match, or one of its cells is far too long."
        raise PeopleFileNotAccepted(wrong) from None


def _delimiter_of(text: str) -> str:
    """The delimiter by which the header has the most columns that are known; a comma between equals."""
    header = text.lstrip().partition("\n")[0]
    return max(DELIMITERS, key=lambda delimiter: sum(bool(field) for field in _fields(header.split(delimiter))))


def _fields(header: list[str]) -> list[str]:
    """The field that each column is for, "" for none."""
    said = (" ".join(cell.strip().strip('"').lower().replace("_", " ").split()) for cell in header)
    return [FIELD_OF.get(called, "") for called in said]


def _checked_header(header: list[str]) -> list[str]:
    fields = _fields(header)
    missing = [field for field in NEEDED if field not in fields]
    if missing:
        raise PeopleFileNotAccepted(f"The first row has to name the columns; {' and '.join(missing)} is missing.")
    twice = [field for field in COLUMNS if fields.count(field) > 1]
    if twice:
        raise PeopleFileNotAccepted(f"There is more than one column for {twice[0]}.")
    return fields


def _row(number: int, fields: list[str], cells: list[str]) -> Row:
    known = {field: cell.strip() for field, cell in zip(fields, cells, strict=False) if field}
    return {"row": number, "cells": known, "is_long": any(cell.strip() for cell in cells[len(fields) :])}
