"""Which words speak to somebody, and what they say to them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any, Protocol
from urllib.parse import urljoin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from django.conf import settings
from django.utils import timezone, translation

from notifications.channels.base import Recipient
from notifications.kinds import Kind
from notifications.vocabulary import MESSAGE_LENGTH, TITLE_LENGTH, ChannelName
from notifications.wording import bodies, engine, layout, operators, sms, texts
from notifications.wording.faults import TemplateFault
from notifications.wording.texts import Parts

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Words:
    """The words that one channel uses for a kind and a locale. ``shipped`` stand in when those of an operator fail."""

    kind: str
    channel: str
    language: str
    parts: Parts
    shipped: "Words | None" = None

    def render(self, context: Mapping[str, Any]) -> dict[str, str]:
        """The parts as they are sent: see ``render``. Raises TemplateFault."""
        with translation.override(self.language), timezone.override(_zone(context)):
            try:
                return _rendered(self.channel, self.parts, context, self.language)
            except TemplateFault as fault:
                where = f"{self.kind}, {self.channel}, {self.language}: {fault}"
                if self.shipped is None:
                    raise TemplateFault(where) from fault
                log.error("wording_failed", kind=self.kind, channel=self.channel, language=self.language)
        return self.shipped.render(context)


class InCentre(Protocol):
    """What a row of the centre brings to be told anew."""

    pk: int
    kind: str
    language: str
    data: dict[str, Any]
    action_url: str


def render(kind: Kind, channel: str, language: str, context: Mapping[str, Any]) -> dict[str, str]:
    """What is sent of ``kind`` by ``channel`` to somebody of the locale ``language``: {title, message} in the centre
    and to devices, {subject, text, html} by mail, {text} to a phone. One query. Raises TemplateFault."""
    return words_for(kind, channel, language).render(context)


def words_for(kind: Kind, channel: str, locale: str) -> Words:
    """To be rendered for many people, the words of their locale are looked up once. One query."""
    chain = texts.chain(locale)
    chosen = operators.in_use([kind.name], channels=(channel, ChannelName.IN_APP), languages=chain)
    return _words(kind.name, channel, chain, chosen)


def in_app_for(rows: Iterable[InCentre], recipient: Recipient) -> dict[int, dict[str, str]]:
    """{title, message} by primary key for those rows that were told in another language than the recipient's. At most
    one query; a row that cannot be told anew keeps the words it has."""
    chain = texts.chain(recipient.locale)
    others = [row for row in rows if row.language not in chain[:1]]
    if not others:
        return {}
    chosen = operators.in_use({row.kind for row in others}, channels=(ChannelName.IN_APP,), languages=chain)
    told = {}
    for row in others:
        try:
            words = _words(row.kind, ChannelName.IN_APP, chain, chosen)
            if words.language != row.language:
                context = context_for(recipient=recipient, data=row.data, action_url=row.action_url)
                told[row.pk] = words.render(context)
        except TemplateFault:
            log.warning("told_in_old_language", kind=row.kind, language=row.language)
    return told


def context_for(*, recipient: Recipient, data: Mapping[str, Any], action_url: str) -> dict[str, Any]:
    """The stored context, and what all words may count on. Plain values only."""
    return {
        **data,
        "person": {"full_name": recipient.full_name, "timezone": recipient.timezone},
        "frontend_url": settings.FRONTEND_URL,
        "action_url": urljoin(settings.FRONTEND_URL, action_url) if action_url else "",
    }


def one_line(text: str) -> str:
    """Every line break, also U+2028 and its kin, becomes a space: a subject is one header line and not two."""
    return " ".join(" ".join(text.splitlines()).split())


def _words(kind: str, channel: str, chain: Iterable[str], chosen: operators.Chosen) -> Words:
    """The nearest language that has any; in it an operator's before the shipped, the channel's before the centre's."""
    for language in chain:
        found = texts.load(kind, language)
        shipped = _shipped(kind, channel, language, found.sections if found else {})
        for section in texts.SECTIONS_OF[channel]:
            own = chosen.get((kind, channel if section == texts.SECTIONS_OF[channel][0] else section, language))
            if own is not None:
                return Words(kind, channel, language, own, shipped)
            if shipped is not None and found is not None and section in found.sections:
                return shipped
    raise TemplateFault(f"{kind} has no words for {channel}.")


def _shipped(kind: str, channel: str, language: str, sections: Mapping[str, Parts]) -> Words | None:
    for section in texts.SECTIONS_OF[channel]:
        if section in sections:
            return Words(kind, channel, language, sections[section])
    return None


def _rendered(channel: str, parts: Parts, context: Mapping[str, Any], language: str) -> dict[str, str]:
    if channel == ChannelName.EMAIL:
        return _mail(parts, context, language)
    said = {part: engine.render(text, context) for part, text in parts.items()}
    if channel == ChannelName.SMS:
        return {"text": sms.cut(sms.cheapened(one_line(said["text"])))}
    return {
        "title": _cut(one_line(said["title"]), TITLE_LENGTH),
        "message": _cut(said["message"].strip(), MESSAGE_LENGTH),
    }


def _mail(parts: Parts, context: Mapping[str, Any], language: str) -> dict[str, str]:
    marked = bodies.set_aside(context)
    said = {part: engine.render(text, marked if part == "body" else context) for part, text in parts.items()}
    said = {part: text if part == "body" else one_line(text) for part, text in said.items()}
    return {
        "subject": said["subject"],
        "text": layout.text_mail(said, context, language=language),
        "html": layout.html_mail(said, context, language=language),
    }


def _zone(context: Mapping[str, Any]) -> tzinfo:
    try:
        return ZoneInfo(context["person"]["timezone"])
    except (KeyError, ValueError, ZoneInfoNotFoundError):
        return UTC


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
