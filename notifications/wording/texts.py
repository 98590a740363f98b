"""The shipped words: a TOML file for each kind and language, ``<owning app>/texts/<language>/<kind>.toml``.

A language exists when one of the installed apps has a folder for it; adding one is adding folders.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.conf import settings

from notifications.vocabulary import ChannelName
from notifications.wording.faults import TemplateFault

FALLBACK = "en"
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")

# Each section's parts: those that must be there, and those that may.
SECTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "in_app": (("title", "message"), ()),
    "email": (("subject", "preheader", "heading", "body"), ("action", "footer")),
    "sms": (("text",), ()),
    "push": (("title", "message"), ()),
}
# Where a channel finds its words, the nearest first.
SECTIONS_OF: dict[str, tuple[str, ...]] = {
    ChannelName.IN_APP: ("in_app",),
    ChannelName.EMAIL: ("email",),
    ChannelName.SMS: ("sms",),
    ChannelName.WEB_PUSH: ("push", "in_app"),
    ChannelName.MOBILE_PUSH: ("push", "in_app"),
    ChannelName.DISCORD: ("push", "in_app"),
}
MUST_HAVE: dict[str, str] = {ChannelName.IN_APP: "in_app", ChannelName.EMAIL: "email", ChannelName.SMS: "sms"}

Parts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of one kind in one language. ``sample`` is a context to try them with; only English has one."""

    name: str
    sections: Mapping[str, Parts]
    sample: Mapping[str, Any]


def languages() -> tuple[str, ...]:
    """Those that exist, English first."""
    found = {path.name for folder in _folders() for path in folder.iterdir() if path.is_dir()}
    return (FALLBACK, *sorted(name for name in found - {FALLBACK} if LANGUAGE.fullmatch(name)))


def chain(locale: str) -> tuple[str, ...]:
    """Which languages may speak to somebody, the nearest first: "es-MX" → ("es-mx", "es", "en")."""
    parts = locale.replace("_", "-").lower().split("-")
    nearer = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    return tuple(dict.fromkeys((*(tag for tag in nearer if LANGUAGE.fullmatch(tag)), FALLBACK)))


def load(kind: str, language: str) -> Texts | None:
    """The shipped words of the kind in that very language, or None. Raises TemplateFault if the file is malformed."""
    path = path_of(kind, language)
    return _texts(path) if path is not None and path.is_file() else None


def path_of(kind: str, language: str) -> Path | None:
    """Where they belong; None when no installed app owns the kind."""
    try:
        owner = apps.get_app_config(kind.partition(".")[0])
    except LookupError:
        return None
    return Path(owner.path) / "texts" / language / f"{kind}.toml"


def sample_of(kind: str) -> dict[str, Any]:
    """A context to try the kind's words with, in any language."""
    texts = load(kind, FALLBACK)
    return dict(texts.sample) if texts else {}


def title_of(kind: str, locale: str) -> str:
    """What a person reads of the kind where they choose how to be told. A kind without words is called by its name."""
    for language in chain(locale):
        texts = load(kind, language)
        if texts:
            return texts.name
    return kind


def category_title(category: str, locale: str) -> str:
    """From ``categories.toml`` beside the words of whichever app has it."""
    for language in chain(locale):
        for folder in _folders():
            title = read(folder / language / "categories.toml").get(category)
            if isinstance(title, str):
                return title
    return category


def labels(locale: str) -> Mapping[str, Any]:
    """What all mails share, and how the language writes dates and numbers: ``notifications/texts/<language>/labels``.
    What a language leaves out is English."""
    return _shared("labels", locale)


def explanations(locale: str) -> Mapping[str, Any]:
    """Why something did or did not reach a person, in the same way: ``notifications/texts/<language>/explanations``."""
    return _shared("explanations", locale)


def _shared(name: str, locale: str) -> Mapping[str, Any]:
    return _joined.__wrapped__(name, chain(locale)) if settings.DEBUG else _joined(name, chain(locale))


@lru_cache(maxsize=256)
def _joined(name: str, chain: tuple[str, ...]) -> Mapping[str, Any]:
    folder = Path(apps.get_app_config("notifications").path) / "texts"
    found: dict[str, Any] = {}
    for language in reversed(chain):
        for key, value in read(folder / language / f"{name}.toml").items():
            found[key] = found.get(key, {}) | value if isinstance(value, dict) else value
    return MappingProxyType(found)


def read(path: Path) -> Mapping[str, Any]:
    """The file as a document, empty if there is none. While debugging an edited file shows at once."""
    return _document.__wrapped__(path) if settings.DEBUG else _document(path)


@lru_cache(maxsize=4096)
def _document(path: Path) -> Mapping[str, Any]:
    try:
        return MappingProxyType(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return MappingProxyType({})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TemplateFault(f"{path.parent.name}/{path.name} is malformed: {error}") from error


def _texts(path: Path) -> Texts:
    document = dict(read(path))
    name, sample = document.pop("name", None), document.pop("sample", {})
    where = f"{path.parent.name}/{path.name}"
    if not isinstance(name, str) or not isinstance(sample, dict):
        raise TemplateFault(f"{where}: there is no name, or the sample is no table.")
    for section, parts in document.items():
        if section not in SECTIONS or not isinstance(parts, dict):
            raise TemplateFault(f"{where}: there is no section {section}.")
        must, may = SECTIONS[section]
        odd = (set(must) - set(parts)) | (set(parts) - {*must, *may})
        odd |= {part for part, text in parts.items() if not isinstance(text, str)}
        if odd:
            raise TemplateFault(f"{where}: [{section}] has too little or too much: {', '.join(sorted(odd))}.")
    return Texts(name, document, sample)


def _folders() -> tuple[Path, ...]:
    found = (Path(config.path) / "texts" for config in apps.get_app_configs())
    return tuple(folder for folder in found if folder.is_dir())
