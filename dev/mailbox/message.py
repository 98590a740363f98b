"""Raw RFC 5322 bytes turned into a `Mail`. Never raises: the malformed mail is the one worth looking at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser

SNIPPET_LENGTH = 250


@dataclass(frozen=True, slots=True)
class Address:
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Part:
    part_id: str
    file_name: str
    content_type: str
    content_id: str
    inline: bool
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    id: str
    created: datetime
    size: int
    message_id: str
    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    return_path: str
    subject: str
    date: datetime
    text: str
    html: str
    parts: tuple[Part, ...]
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str:
        """The first header of that name, decoded, or the empty string."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def snippet(self) -> str:
        words = self.text or html_to_text(self.html)
        return " ".join(words.split())[:SNIPPET_LENGTH]


def parse(raw: bytes, *, mail_id: str, created: datetime) -> Mail:
    root: Message = BytesParser().parsebytes(raw)
    raw_headers = tuple((name, _unfold(value)) for name, value in root.raw_items())
    text, html, parts = _bodies(root)
    return Mail(
        id=mail_id,
        created=created,
        size=len(raw),
        message_id=_first(raw_headers, "message-id").strip(" <>"),
        sender=next(iter(_addresses(raw_headers, "from")), Address("", "")),
        to=_addresses(raw_headers, "to"),
        cc=_addresses(raw_headers, "cc"),
        bcc=_addresses(raw_headers, "bcc"),
        reply_to=_addresses(raw_headers, "reply-to"),
        return_path=_first(raw_headers, "return-path").strip(" <>"),
        subject=_decode(_first(raw_headers, "subject")),
        date=_date(_first(raw_headers, "date"), default=created),
        text=text,
        html=html,
        parts=parts,
        headers=tuple((name, _decode(value)) for name, value in raw_headers),
    )


def html_to_text(html: str) -> str:
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    return " ".join(" ".join(reader.words).split())


class _TextReader(HTMLParser):
    SILENT = frozenset({"head", "script", "style", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent_depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent_depth += tag in self.SILENT

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT and self._silent_depth:
            self._silent_depth -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent_depth:
            self.words.append(data)


def _unfold(value: object) -> str:
    # The parser keeps non-ASCII header bytes (SMTPUTF8) as surrogates.
    octets = str(value).encode("utf-8", "surrogateescape")
    return "".join(octets.decode("utf-8", "replace").splitlines())


def _first(headers: tuple[tuple[str, str], ...], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")


def _decode(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (HeaderParseError, ValueError, LookupError):
        return value


def _addresses(headers: tuple[tuple[str, str], ...], name: str) -> tuple[Address, ...]:
    fields = [value for key, value in headers if key.lower() == name]
    return tuple(Address(_decode(shown), address) for shown, address in getaddresses(fields) if address)


def _date(value: str, *, default: datetime) -> datetime:
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return default
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _bodies(root: Message) -> tuple[str, str, tuple[Part, ...]]:
    text: list[str] = []
    html: list[str] = []
    parts: list[Part] = []
    for part_id, part in _leaves(root, ()):
        attached = part.get_content_disposition() == "attachment" or part.get_filename() is not None
        if part.get_content_type() == "text/plain" and not attached:
            text.append(_text_of(part))
        elif part.get_content_type() == "text/html" and not attached:
            html.append(_text_of(part))
        else:
            parts.append(_as_part(part_id, part))
    return "\n".join(text), "\n".join(html), tuple(parts)


def _leaves(part: Message, path: tuple[int, ...]) -> Iterator[tuple[str, Message]]:
    children = part.get_payload()
    if part.get_content_maintype() == "multipart" and isinstance(children, list):
        for number, child in enumerate(children, start=1):
            yield from _leaves(child, (*path, number))
    else:
        yield ".".join(map(str, path or (1,))), part


def _content_of(part: Message) -> bytes:
    children = part.get_payload()
    if isinstance(children, list):  # message/rfc822: a mail attached to a mail
        return b"\n".join(child.as_bytes() for child in children if isinstance(child, Message))
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text_of(part: Message) -> str:
    content = _content_of(part)
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace").replace("\r\n", "\n")
    except LookupError:
        return content.decode("utf-8", "replace").replace("\r\n", "\n")


def _as_part(part_id: str, part: Message) -> Part:
    return Part(
        part_id=part_id,
        file_name=_decode(_unfold(part.get_filename(""))),
        content_type=part.get_content_type(),
        content_id=_unfold(part.get("content-id", "")).strip(" <>"),
        inline=part.get_content_disposition() == "inline",
        content=_content_of(part),
    )
