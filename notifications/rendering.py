"""Templates into text. A name that the context lacks is an error: nobody is greeted with "Hi ,"."""

import re
import secrets
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.template import Engine, TemplateDoesNotExist, TemplateSyntaxError
from django.template.backends.django import DjangoTemplates

from notifications.channels.base import Recipient
from notifications.kinds import Kind
from notifications.vocabulary import MESSAGE_LENGTH, TITLE_LENGTH, ChannelName

PARTS = {
    ChannelName.IN_APP: ("title.txt", "message.txt"),
    ChannelName.EMAIL: ("subject.txt", "body.txt", "body.html"),
    ChannelName.SMS: ("sms.txt",),
}
# Nobody can type it, because nobody knows it: what a person wrote must not pass for a template's fault.
MARK = secrets.token_hex(16)
MISSING = f"{MARK}missing:%s{MARK}"
MISSING_NAME = re.compile(f"{MARK}missing:(.*?){MARK}")
LOADERS = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]


class TemplateFault(Exception):
    """A template is absent, malformed, or uses a name that its context lacks."""


@dataclass(frozen=True, slots=True)
class RenderedEmail:
    subject: str
    text: str
    html: str


def in_app(kind: Kind, context: dict[str, Any]) -> tuple[str, str]:
    """The title and the message that stand in the centre, cut to what their columns hold."""
    title = one_line(render(_path(kind, "title.txt"), context))
    message = render(_path(kind, "message.txt"), context).strip()
    return _cut(title, TITLE_LENGTH), _cut(message, MESSAGE_LENGTH)


def email(kind: Kind, context: dict[str, Any]) -> RenderedEmail:
    return RenderedEmail(
        subject=one_line(render(_path(kind, "subject.txt"), context)),
        text=render(_path(kind, "body.txt"), context).strip() + "\n",
        html=render(_path(kind, "body.html"), context),
    )


def text_message(kind: Kind, context: dict[str, Any]) -> str:
    return one_line(render(_path(kind, "sms.txt"), context))


def context_for(*, recipient: Recipient, data: dict[str, Any], action_url: str) -> dict[str, Any]:
    """The stored context, and what every template may count on. Plain values only: a template could call a model."""
    return data | {
        "person": {"full_name": recipient.full_name},
        "frontend_url": settings.FRONTEND_URL,
        "action_url": urljoin(settings.FRONTEND_URL, action_url) if action_url else "",
    }


def render(name: str, context: dict[str, Any]) -> str:
    """``name`` rendered, escaped when it is HTML. Raises TemplateFault."""
    try:
        text = engine(autoescape=name.endswith(".html")).render_to_string(name, context)
    except Exception as error:  # a filter may raise anything, and the template is at fault all the same
        raise TemplateFault(f"{name}: {type(error).__name__}: {error}") from error
    missing = MISSING_NAME.search(text)
    if missing:
        raise TemplateFault(f"{name}: the context has no {missing[1]}")
    return text


def compile_all(kind: Kind) -> list[str]:
    """What is wrong with the templates of ``kind``, one sentence each."""
    faults = []
    for channel in kind.channels:
        for part in PARTS[ChannelName(channel)]:
            name = _path(kind, part)
            try:
                engine(autoescape=False).get_template(name)
            except TemplateDoesNotExist:
                faults.append(f"{name} is missing.")
            except TemplateSyntaxError as error:
                faults.append(f"{name} is malformed: {error}.")
    return faults


def one_line(text: str) -> str:
    """Every line break, also U+2028 and its kin, becomes a space: a subject is one header line and not two."""
    return " ".join(" ".join(text.splitlines()).split())


@lru_cache(maxsize=2)
def engine(*, autoescape: bool) -> Engine:
    """The project's templates and tags, strict about names; while debugging an edited template shows at once."""
    loaders: list[Any] = LOADERS if settings.DEBUG else [("django.template.loaders.cached.Loader", LOADERS)]
    backend = DjangoTemplates(
        {
            "NAME": "notifications",
            "DIRS": settings.TEMPLATES[0]["DIRS"],
            "APP_DIRS": False,
            "OPTIONS": {"loaders": loaders, "autoescape": autoescape, "string_if_invalid": MISSING},
        }
    )
    return backend.engine


def _path(kind: Kind, part: str) -> str:
    return f"notifications/{kind.name}/{part}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
