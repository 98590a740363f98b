"""From a document of plain values to PDF: in-process, without network, the same bytes for the same document.

The text of a document reaches typst as JSON, so what a person wrote is never read as markup. The wheel's own fonts
cover Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari, Georgian and Armenian; what they lack, such as Chinese, is
written in Latin letters, unless INVOICE_FONT_DIRECTORY has a font for it.
"""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from anyascii import anyascii
from django.conf import settings

SOURCE = Path(__file__).with_name("invoice.typ").read_bytes()
PROBE = b'#set document(title: "-", date: datetime(year: 2000, month: 1, day: 1))\n#text(sys.inputs.text)'
# For archives: every glyph is embedded and known, so a letter that no font has is an error instead of a box.
STANDARDS: list[Any] = ["a-2a", "ua-1"]

Document = Mapping[str, Any]
# Its own types want the source and the root to be of one type, although it takes bytes and a path.
compiled: Callable[..., bytes] = typst.compile


def to_pdf(document: Document) -> bytes:
    """The document as PDF/A that says it was made on the day of issue."""
    try:
        return _compiled(SOURCE, {"document": json.dumps(document)})
    except typst.TypstError:
        spelled = json.dumps(_in_known_letters(document))
        return _compiled(SOURCE, {"document": spelled})


def _compiled(source: bytes, inputs: dict[str, str]) -> bytes:
    logo = settings.COMPANY_LOGO
    return compiled(
        source,
        root=str(Path(logo).resolve().parent if logo else Path(__file__).parent),
        font_paths=_fonts(settings.INVOICE_FONT_DIRECTORY),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs=inputs,
        pdf_standards=STANDARDS,
    )


@lru_cache(maxsize=1)
def _fonts(directory: str) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[directory] if directory else [])


def _in_known_letters(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(_spelled(word, settings.INVOICE_FONT_DIRECTORY) for word in value.split(" "))
    if isinstance(value, Mapping):
        return {name: _in_known_letters(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_in_known_letters(each) for each in value]
    return value


@lru_cache(maxsize=1024)
def _spelled(word: str, _directory: str) -> str:
    """The word in Latin letters, unless the fonts, which ``_directory`` decides, have all of its own."""
    if word.isascii() and word.isprintable():
        return word
    try:
        _compiled(PROBE, {"text": word})
    except typst.TypstError:
        return "".join(letter for letter in anyascii(word) if letter.isprintable())
    return word
