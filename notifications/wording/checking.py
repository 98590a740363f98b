"""Whether words are sound: those that ship, when the server starts, and those of an operator, before they are kept."""

from collections.abc import Iterator, Mapping
from typing import Any

from notifications.kinds import Kind
from notifications.wording import engine, texts
from notifications.wording.faults import TemplateFault
from notifications.wording.texts import Parts

# What every kind's words may count on, as ``context_for`` gives it.
ALWAYS: dict[str, Any] = {
    "person": {"full_name": "Grace Hopper", "timezone": "UTC"},
    "frontend_url": "https://app.example",
    "action_url": "https://app.example/somewhere",
}
LONGEST_PART = {"title": 500, "subject": 500, "preheader": 500, "heading": 500, "action": 200, "footer": 1000}


def sample_context(kind: str) -> dict[str, Any]:
    """All that the kind's words may ask for, with values to try them on. Raises TemplateFault."""
    return {**ALWAYS, **texts.sample_of(kind)}


def names_of(kind: str) -> list[str]:
    """What the kind's words may ask for, such as "plan" or "person.full_name"."""
    return sorted(_paths(sample_context(kind)))


def faults(kind: Kind) -> list[str]:
    """What is wrong with the words that ship for ``kind``, one sentence each. Where a language has none, English
    speaks; English itself must."""
    found = []
    for language in texts.languages():
        try:
            found += [f"{kind.name}, {language}: {fault}" for fault in _of_language(kind, language)]
        except TemplateFault as fault:
            found.append(f"{kind.name}, {language}: {fault}")
    return found


def differences(kind: str, language: str) -> list[str]:
    """Where a translation of ``kind`` is not what English is, one sentence each. Raises TemplateFault."""
    found, english = texts.load(kind, language), texts.load(kind, texts.FALLBACK)
    if found is None or english is None:
        return ["There are no words."]
    said = ["Only English has a sample."] if found.sample and language != texts.FALLBACK else []
    for section in sorted(set(found.sections) | set(english.sections)):
        own, theirs = found.sections.get(section, {}), english.sections.get(section, {})
        if set(own) != set(theirs):
            said.append(f"[{section}] has other parts than English: {', '.join(sorted(set(own) ^ set(theirs)))}.")
        odd = _asked(own) ^ _asked(theirs)
        if odd:
            said.append(f"[{section}] asks for other names than English: {', '.join(sorted(odd))}.")
    return said


def part_faults(kind: str, parts: Parts) -> dict[str, str]:
    """By part, what is wrong with words for ``kind``: malformed, too long, or asking for what the kind does not know.
    Raises TemplateFault when the kind has no sample."""
    sample = sample_context(kind)
    return {part: fault for part, text in parts.items() if (fault := _fault(part, text, sample))}


def _of_language(kind: Kind, language: str) -> Iterator[str]:
    found = texts.load(kind.name, language)
    if found is None:
        if language == texts.FALLBACK:
            yield "there are no words."
        return
    for channel in kind.channels:
        section = texts.MUST_HAVE.get(channel)
        if section is not None and section not in found.sections:
            yield f"[{section}] is missing."
    for section, parts in found.sections.items():
        for part, fault in part_faults(kind.name, parts).items():
            yield f"[{section}] {part}: {fault}"


def _paths(sample: Mapping[str, Any]) -> Iterator[str]:
    for name, value in sample.items():
        if isinstance(value, dict):
            yield from (f"{name}.{inner}" for inner in _paths(value))
        else:
            yield name


def _asked(parts: Parts) -> set[str]:
    named = (name for text in parts.values() for name in engine.names_in(engine.compiled(text)))
    return {".".join(name.path) for name in named if name.path[0] != "forloop"}


def _fault(part: str, text: str, sample: Mapping[str, Any]) -> str:
    if not text.strip():
        return "It is empty."
    if len(text) > LONGEST_PART.get(part, engine.LONGEST_SOURCE):
        return "It is too long."
    try:
        unknown = engine.unknown_names(text, sample)
    except TemplateFault as fault:
        return str(fault)
    return f"It asks for what nobody gives it: {', '.join(unknown)}." if unknown else ""
