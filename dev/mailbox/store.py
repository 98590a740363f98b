"""Mails kept as `.eml` files, so that a restart loses none; an index in memory answers lists and searches."""

import os
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from pathlib import Path
from threading import RLock

from dev.mailbox.message import Mail, Part, parse
from dev.mailbox.search import SearchText, matches, search_text

MAX_MESSAGES = 500
READ_SUFFIX = ".read.eml"
UNREAD_SUFFIX = ".eml"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list shows of a mail; bodies stay on disk."""

    mail: Mail
    snippet: str
    attachments: int
    read: bool
    text: SearchText


class MessageStore:
    """Thread-safe: one lock guards the index and the directory."""

    def __init__(self, directory: Path, *, limit: int = MAX_MESSAGES) -> None:
        self.directory = directory
        self.limit = limit
        self._lock = RLock()
        self._entries: dict[str, Entry] = {}
        self._last_number = 0
        directory.mkdir(parents=True, exist_ok=True)
        for unfinished in directory.glob("*.partial"):
            unfinished.unlink()
        for path in sorted(directory.glob("*.eml")):
            self._index(path)
        self._drop_oldest()

    def add(self, content: bytes, *, sender: str, recipients: Collection[str]) -> str:
        raw = _with_envelope(content, sender=sender, recipients=recipients)
        with self._lock:
            # Two mails within one clock tick still get distinct, ordered names.
            self._last_number = max(time.time_ns(), self._last_number + 1)
            path = self.directory / f"{self._last_number:016x}{UNREAD_SUFFIX}"
            partial = path.with_suffix(".partial")
            partial.write_bytes(raw)
            os.replace(partial, path)
            mail_id = self._index(path)
            self._drop_oldest()
        return mail_id

    def search(self, query: str = "") -> list[Entry]:
        """Newest first."""
        with self._lock:
            entries = sorted(self._entries.values(), key=lambda entry: entry.mail.id, reverse=True)
        return [entry for entry in entries if matches(entry.text, query)]

    def totals(self) -> tuple[int, int]:
        """How many mails there are, and how many of them nobody opened."""
        with self._lock:
            return len(self._entries), sum(not entry.read for entry in self._entries.values())

    def latest_id(self) -> str | None:
        with self._lock:
            return max(self._entries, default=None)

    def raw(self, mail_id: str) -> bytes | None:
        with self._lock:
            entry = self._entries.get(mail_id)
            return self._path(mail_id, read=entry.read).read_bytes() if entry else None

    def get(self, mail_id: str) -> Mail | None:
        raw = self.raw(mail_id)
        return parse(raw, mail_id=mail_id, created=_arrival(mail_id)) if raw is not None else None

    def part(self, mail_id: str, part_id: str) -> Part | None:
        mail = self.get(mail_id)
        return next((part for part in mail.parts if part.part_id == part_id), None) if mail else None

    def mark_read(self, mail_id: str) -> None:
        with self._lock:
            entry = self._entries.get(mail_id)
            if entry and not entry.read:
                os.replace(self._path(mail_id, read=False), self._path(mail_id, read=True))
                self._entries[mail_id] = replace(entry, read=True)

    def delete(self, mail_ids: Collection[str]) -> None:
        with self._lock:
            for mail_id in mail_ids:
                entry = self._entries.pop(mail_id, None)
                if entry:
                    self._path(mail_id, read=entry.read).unlink(missing_ok=True)

    def delete_all(self) -> None:
        with self._lock:
            self.delete(tuple(self._entries))

    def _path(self, mail_id: str, *, read: bool) -> Path:
        return self.directory / f"{mail_id}{READ_SUFFIX if read else UNREAD_SUFFIX}"

    def _index(self, path: Path) -> str:
        mail_id = path.name.split(".", 1)[0]
        try:
            created = _arrival(mail_id)
        except (ValueError, OverflowError, OSError):
            return mail_id  # not one of ours: left alone
        mail = parse(path.read_bytes(), mail_id=mail_id, created=created)
        self._entries[mail_id] = Entry(
            mail=replace(mail, text="", html="", parts=(), headers=()),
            snippet=mail.snippet,
            attachments=sum(not part.inline for part in mail.parts),
            read=path.name.endswith(READ_SUFFIX),
            text=search_text(mail),
        )
        self._last_number = max(self._last_number, int(mail_id, 16))
        return mail_id

    def _drop_oldest(self) -> None:
        self.delete(sorted(self._entries)[: max(0, len(self._entries) - self.limit)])


def _arrival(mail_id: str) -> datetime:
    return datetime.fromtimestamp(int(mail_id, 16) / 1e9, tz=UTC)


def _with_envelope(content: bytes, *, sender: str, recipients: Collection[str]) -> bytes:
    """The envelope is what was really delivered to: recipients that no header names are written as Bcc."""
    headers: Message = BytesHeaderParser().parsebytes(content)
    fields = [str(value) for name in ("to", "cc", "bcc") for value in headers.get_all(name, [])]
    named = {address.casefold() for _, address in getaddresses(fields)}
    blind = [address for address in recipients if address.casefold() not in named]
    lines = [f"Return-Path: <{sender}>"] + ([f"Bcc: {', '.join(blind)}"] if blind else [])
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace") + content
