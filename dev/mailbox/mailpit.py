"""Mails in the field names of Mailpit's JSON API, so that Mailpit itself can take this mailbox's place."""

import re
from datetime import UTC, datetime
from typing import Any

from dev.mailbox.message import Address, Mail, Part
from dev.mailbox.store import Entry, MessageStore

Json = dict[str, Any]

VERSION = "numerai-mailbox"
DEFAULT_LIMIT = 50


def message_list(store: MessageStore, *, query: str, start: int, limit: int) -> Json:
    found = store.search(query)
    page = found[start : start + limit]
    total, unread = store.totals()
    return {
        "total": total,
        "unread": unread,
        "count": len(page),
        "messages_count": len(found),
        "messages_unread": sum(not entry.read for entry in found),
        "start": start,
        "tags": [],
        "messages": [_summary(entry) for entry in page],
    }


def message(mail: Mail) -> Json:
    return {
        "ID": mail.id,
        "MessageID": mail.message_id,
        **_people(mail),
        "ReturnPath": mail.return_path,
        "Subject": mail.subject,
        "ListUnsubscribe": _list_unsubscribe(mail),
        "Date": _time(mail.date),
        "Tags": [],
        "Username": "",
        "Text": mail.text,
        "HTML": mail.html,
        "Size": mail.size,
        "Inline": [_attachment(part) for part in mail.parts if part.inline],
        "Attachments": [_attachment(part) for part in mail.parts if not part.inline],
    }


def headers(mail: Mail) -> dict[str, list[str]]:
    collected: dict[str, list[str]] = {}
    for name, value in mail.headers:
        collected.setdefault(name, []).append(value)
    return collected


def info(store: MessageStore, *, uptime_seconds: int) -> Json:
    total, unread = store.totals()
    return {
        "Version": VERSION,
        "LatestVersion": VERSION,
        "Database": str(store.directory),
        "DatabaseSize": sum(path.stat().st_size for path in store.directory.glob("*.eml")),
        "Messages": total,
        "Unread": unread,
        "Tags": {},
        "RuntimeStats": {"Uptime": uptime_seconds},
    }


def _summary(entry: Entry) -> Json:
    mail = entry.mail
    return {
        "ID": mail.id,
        "MessageID": mail.message_id,
        "Read": entry.read,
        **_people(mail),
        "Subject": mail.subject,
        "Created": _time(mail.created),
        "Username": "",
        "Tags": [],
        "Size": mail.size,
        "Attachments": entry.attachments,
        "Snippet": entry.snippet,
    }


def _people(mail: Mail) -> Json:
    return {
        "From": _address(mail.sender),
        "To": [_address(each) for each in mail.to],
        "Cc": [_address(each) for each in mail.cc],
        "Bcc": [_address(each) for each in mail.bcc],
        "ReplyTo": [_address(each) for each in mail.reply_to],
    }


def _address(address: Address) -> Json:
    return {"Name": address.name, "Address": address.address}


def _attachment(part: Part) -> Json:
    return {
        "PartID": part.part_id,
        "FileName": part.file_name,
        "ContentType": part.content_type,
        "ContentID": part.content_id,
        "Size": len(part.content),
    }


def _list_unsubscribe(mail: Mail) -> Json:
    header = mail.header("List-Unsubscribe")
    links = re.findall(r"<([^<>\s]+)>", header)
    return {
        "Header": header,
        "Links": links,
        "Errors": "" if links or not header else "no links in angle brackets",
        "HeaderPost": mail.header("List-Unsubscribe-Post"),
    }


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
