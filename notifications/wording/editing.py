"""Words of operators as they are written. A change is a new version: what was said can be read years later."""

from collections.abc import Mapping
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from notifications import kinds
from notifications.models import Wording
from notifications.vocabulary import ChannelName
from notifications.wording import checking, engine, sms, texts
from notifications.wording.faults import TemplateFault
from notifications.wording.rendering import Words, one_line, words_for
from notifications.wording.texts import Parts
from numerai.common import audit


class WordsRefused(ValueError):
    """Words that cannot be kept. ``faults`` says by part what is wrong; "" stands for all of them together."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{part}: {fault}" if part else fault for part, fault in faults.items()))
        self.faults = faults


def parts_of(channel: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the parts that words for the channel must and may have."""
    return texts.SECTIONS[texts.SECTIONS_OF[channel][0]]


def words_now(kind: str, channel: str, language: str) -> Parts:
    """What is said at present, to begin with. Raises UnknownKind, TemplateFault."""
    return words_for(kinds.get(kind), channel, language).parts


def try_out(kind: str, channel: str, language: str, parts: Parts) -> dict[str, str]:
    """``parts`` as they would be sent, with the values of the kind's sample. Raises WordsRefused, which names every
    fault, and UnknownKind."""
    if channel not in kinds.get(kind).possible_channels or language not in texts.languages():
        raise WordsRefused({"": "The kind does not go that way, or there is no such language."})
    must, may = parts_of(channel)
    faults = {part: "It is empty." for part in must if not parts.get(part, "").strip()}
    faults |= {part: f"There is no such part in {channel}." for part in parts if part not in (*must, *may)}
    faults = faults or checking.part_faults(kind, parts)
    if faults:
        raise WordsRefused(faults)
    try:
        return _on_sample(kind, channel, language, parts)
    except TemplateFault as fault:
        raise WordsRefused({"": str(fault)}) from fault


def put(
    kind: str, channel: str, language: str, parts: Parts, *, note: str = "", written_by: UUID | None = None
) -> Wording:
    """Use ``parts`` from now on. Raises WordsRefused, UnknownKind."""
    try_out(kind, channel, language, parts)
    with transaction.atomic():
        former = _given_up(kind, channel, language)
        last = Wording.objects.filter(kind=kind, channel=channel, language=language).aggregate(last=Max("version"))
        made = Wording.objects.create(
            kind=kind,
            channel=channel,
            language=language,
            version=(last["last"] or 0) + 1,
            parts=dict(parts),
            note=note,
            written_by_id=written_by,
        )
        _record(made, action=audit.CREATED, before=former.version if former else None, after=made.version)
    return made


def put_away(kind: str, channel: str, language: str) -> bool:
    """Use the shipped words again; answers whether others were in use."""
    with transaction.atomic():
        former = _given_up(kind, channel, language)
        if former is not None:
            _record(former, action=audit.UPDATED, before=former.version, after=None)
    return former is not None


def _on_sample(kind: str, channel: str, language: str, parts: Parts) -> dict[str, str]:
    sample = checking.sample_context(kind)
    said = Words(kind, channel, language, parts).render(sample)
    silent = [part for part, text in said.items() if not text.strip()]
    if silent:
        raise TemplateFault(f"With the sample's values {', '.join(silent)} says nothing.")
    if channel == ChannelName.SMS:
        whole = sms.cheapened(one_line(engine.render(parts["text"], sample)))
        if sms.segments(whole) > sms.MOST_SEGMENTS:
            raise TemplateFault(f"It takes {sms.segments(whole)} segments, and {sms.MOST_SEGMENTS} are sent at most.")
    return said


def _given_up(kind: str, channel: str, language: str) -> Wording | None:
    """What was in use until now. Two operators who save at once do so one after the other."""
    with connection.cursor() as cursor:
        name = f"wording:{kind}:{channel}:{language}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    same = Wording.objects.filter(kind=kind, channel=channel, language=language, is_active=True)
    former = same.first()
    same.update(is_active=False)
    return former


def _record(row: Wording, *, action: str, before: int | None, after: int | None) -> None:
    where = {"kind": row.kind, "channel": row.channel, "language": row.language}
    audit.record(Wording, row.pk, action=action, before=where | {"version": before}, after=where | {"version": after})
