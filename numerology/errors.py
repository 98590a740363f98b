"""Why numbers cannot be given. The state of the person's own profile is at fault, so most are conflicts."""

from numerai.common.errors import DomainError


class BirthDateRequired(DomainError):
    status, code, title = 409, "birth_date_required", "Date of birth missing"
    detail = "Please add your date of birth to your profile first."


class NameRequired(DomainError):
    status, code, title = 409, "name_required", "Full name missing"
    detail = "Please add your full name to your profile first."


class NameWithoutLetters(DomainError):
    status, code, title = 409, "name_no_letters", "Name without letters"
    detail = "Your name holds no letters to count. Please correct your full name in your profile."
    of_another = "This name holds no letters to count. Please correct it."


class LatinNameRequired(DomainError):
    status, code, title = 409, "latin_name_required", "Name in Latin letters needed"
    detail = "Your name is written in a script that leaves sounds open. Please also give it in Latin letters."
    of_another = "This name is written in a script that leaves sounds open. Please also give it in Latin letters."


class ReadingDateOutOfRange(DomainError):
    status, code, title = 400, "reading_date_out_of_range", "No reading for this date"
    detail = "Readings begin with your date of birth and go as far back and ahead as the highest plan."


class TrackingDateOutOfRange(DomainError):
    status, code, title = 400, "tracking_date_out_of_range", "This day cannot be tracked"
    detail = "Please choose today or one of the 30 days before it."
