"""Both mails around a body: the same frame for every kind, in the language of its words."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from notifications.wording import bodies
from notifications.wording.faults import TemplateFault
from notifications.wording.texts import labels

TEMPLATE = "notifications/email.html"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def html_mail(parts: Mapping[str, str], context: Mapping[str, Any], *, language: str) -> str:
    """``parts`` are rendered already. ``context`` names ``frontend_url``, and where the button leads: to ``link``, a
    secret that was made just now, or to ``action_url``; ``unsubscribe_url`` if there is one."""
    said = labels(language)
    return render_to_string(
        TEMPLATE,
        {
            "language": language,
            "direction": "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr",
            **{part: parts.get(part, "") for part in ("subject", "preheader", "heading")},
            # Made of escaped text and our own tags.
            "content": mark_safe(bodies.to_html(parts["body"])),  # noqa: S308  # nosec B308 B703
            "action_url": _target(context),
            "action": parts.get("action") or said["open"],
            "footer": parts.get("footer") or said["footer"],
            "no_reply": said["no_reply"],
            "unsubscribe": said["unsubscribe"],
            "unsubscribe_url": context.get("unsubscribe_url", ""),
            "frontend_url": context["frontend_url"],
        },
    )


def text_mail(parts: Mapping[str, str], context: Mapping[str, Any], *, language: str) -> str:
    """The same for programs that show no HTML."""
    said = labels(language)
    blocks = [bodies.to_text(parts["body"])]
    target = _target(context)
    if target:
        blocks.append(f"{parts.get('action') or said['open']}:\n{target}")
    footer = [f"-- \n{parts.get('footer') or said['footer']} {said['no_reply']}", context["frontend_url"]]
    if context.get("unsubscribe_url"):
        footer.append(f"{said['unsubscribe']}: {context['unsubscribe_url']}")
    return "\n\n".join((*blocks, "\n".join(footer))) + "\n"


def _target(context: Mapping[str, Any]) -> str:
    target = str(context.get("link") or context.get("action_url") or "")
    if target and not target.startswith(("http://", "https://")):
        raise TemplateFault("A button leads to an http(s) address alone.")
    return target
