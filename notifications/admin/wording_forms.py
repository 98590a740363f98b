from collections.abc import Mapping
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from notifications import kinds
from notifications.models import Wording
from notifications.vocabulary import ChannelName
from notifications.wording import languages
from notifications.wording.editing import parts_of, words_now

LONG = frozenset({"body", "message", "text"})


class TargetForm(forms.Form):
    """Which words. ``version`` is the one to begin with; without it those that are in use."""

    kind = forms.ChoiceField(widget=UnfoldAdminSelectWidget())
    channel = forms.ChoiceField(choices=ChannelName.choices, widget=UnfoldAdminSelectWidget())
    language = forms.ChoiceField(widget=UnfoldAdminSelectWidget())
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput())

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        names = [(kind.name, kind.name) for kind in kinds.registered()]
        self.fields["kind"] = forms.ChoiceField(choices=names, widget=UnfoldAdminSelectWidget())
        spoken = [(language, language) for language in languages()]
        self.fields["language"] = forms.ChoiceField(choices=spoken, widget=UnfoldAdminSelectWidget())

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        kind, channel = given.get("kind"), given.get("channel")
        if kind and channel and channel not in kinds.get(kind).possible_channels:
            raise forms.ValidationError(f"{kind} does not go by {channel}.")
        return given

    def present(self) -> dict[str, str]:
        """What the words are at present, or were in the version that was asked for."""
        given = dict(self.cleaned_data)
        version = given.pop("version")
        if version:
            found = Wording.objects.filter(**given, version=version).first()
            return dict(found.parts) if found else {}
        return dict(words_now(**given))


class WordsForm(forms.Form):
    """A field for each part of the channel, and why they are changed."""

    note = forms.CharField(required=False, max_length=200, widget=UnfoldAdminTextInputWidget(), help_text="Why?")

    def __init__(self, channel: str, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        must, may = parts_of(channel)
        self.names = (*must, *may)
        for name in self.names:
            widget = UnfoldAdminTextareaWidget() if name in LONG else UnfoldAdminTextInputWidget()
            self.fields[name] = forms.CharField(required=name in must, widget=widget)
        self.order_fields([*self.names, "note"])

    @property
    def parts(self) -> dict[str, str]:
        """Those that say something, with line breaks as texts have them and not as forms send them."""
        given = {name: self.cleaned_data[name].replace("\r\n", "\n") for name in self.names}
        return {name: text for name, text in given.items() if text}

    def refuse(self, faults: Mapping[str, str]) -> None:
        for part, fault in faults.items():
            self.add_error(part if part in self.fields else None, fault)
