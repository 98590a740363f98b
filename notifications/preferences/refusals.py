"""What cannot be wished for."""

from numerai.common.errors import DomainError


class PreferenceLocked(DomainError):
    code, title = "preference_locked", "This cannot be switched off"
    detail = "Messages of this kind concern the safety of your account or what you owe, and cannot be switched off."


class PreferenceUnknown(DomainError):
    code, title = "preference_unknown", "There is no such preference"
    detail = "There is no such channel, category or kind of message."


class QuietHoursInvalid(DomainError):
    code, title = "quiet_hours_invalid", "These are no quiet hours"
    detail = "Quiet hours need a start, another end, and at least one day."


class MuteTooLong(DomainError):
    code, title = "mute_too_long", "That is too long"
    detail = "Everything can be muted for a year at most."
