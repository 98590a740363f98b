"""What people are told, in words: one TOML file for each kind and language ships with the app that owns the kind, and
operators can put their own in place of any part of it."""

from notifications.wording.faults import TemplateFault
from notifications.wording.rendering import Words, context_for, in_app_for, render, words_for
from notifications.wording.texts import category_title, languages, title_of

__all__ = [
    "TemplateFault",
    "Words",
    "category_title",
    "context_for",
    "in_app_for",
    "languages",
    "render",
    "title_of",
    "words_for",
]
