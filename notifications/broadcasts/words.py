"""The words of a broadcast on one channel, rendered once for all to whom they say the same."""

from dataclasses import dataclass, field
from typing import Any

from notifications import wording
from notifications.channels.base import Recipient
from notifications.kinds import Kind
from notifications.wording import Words

Said = tuple[dict[str, str], str]


@dataclass(slots=True)
class Rendering:
    """``to(person)`` answers the parts and the language that they are in. Raises TemplateFault."""

    kind: Kind
    channel: str
    data: dict[str, Any]
    action_url: str
    _words: dict[str, Words] = field(default_factory=dict)
    _said: dict[tuple[str, str], Said] = field(default_factory=dict)

    def to(self, person: Recipient) -> Said:
        words = self._in(person.locale)
        if _is_personal(words):
            return self._rendered(words, person)
        # Times of day are written by the clock of the person's zone.
        key = words.language, person.timezone
        if key not in self._said:
            self._said[key] = self._rendered(words, person)
        return self._said[key]

    def is_personal(self, locale: str) -> bool:
        """Whether they say something else to each."""
        return _is_personal(self._in(locale))

    def _in(self, locale: str) -> Words:
        if locale not in self._words:
            self._words[locale] = wording.words_for(self.kind, self.channel, locale)
        return self._words[locale]

    def _rendered(self, words: Words, person: Recipient) -> Said:
        context = wording.context_for(recipient=person, data=self.data, action_url=self.action_url)
        return words.render(context), words.language


def _is_personal(words: Words) -> bool:
    shipped = words.shipped.parts if words.shipped else {}
    return any("person" in text for text in (*words.parts.values(), *shipped.values()))
