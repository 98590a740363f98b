"""Which passwords will not do."""

import re
from typing import Any

from django.contrib.auth.password_validation import UserAttributeSimilarityValidator, validate_password
from django.core.exceptions import ValidationError
from rest_framework.exceptions import ErrorDetail
from rest_framework.exceptions import ValidationError as InputError

from accounts.models import User
from accounts.models.user import in_one_form
from accounts.registration.breaches import is_breached

PRODUCT_WORDS = re.compile(r"numerai|numerology|numerolog|numbers?|horoscopes?|lifepath|password|passwort|login|secret")
FEWEST_OTHER_LETTERS = 4


class ProductWordsValidator:
    """Refuses what is little more than the product's own words, which are the first that anybody tries here."""

    def validate(self, password: str, user: Any = None) -> None:
        letters = "".join(character for character in password.casefold() if character.isalpha())
        rest, found = PRODUCT_WORDS.subn("", letters)
        if found and len(rest) < FEWEST_OTHER_LETTERS:
            raise ValidationError("This password is too easy to guess here.", code="password_of_product")

    def get_help_text(self) -> str:
        return "Your password must be more than the name of this site."


def refuse_unfit(password: str, *, email: str, full_name: str, phone: str = "", field: str = "password") -> None:
    """What ``refuse_weak`` refuses, and what is known from breaches elsewhere. Call it outside of any transaction."""
    refuse_weak(password, email=email, full_name=full_name, phone=phone, field=field)
    if is_breached(in_one_form(password)):
        detail = ErrorDetail(
            "This password is known from a data breach elsewhere. Choose another one.", code="password_breached"
        )
        raise InputError({field: [detail]})


def refuse_weak(password: str, *, email: str, full_name: str, phone: str = "", field: str = "password") -> None:
    """Raises InputError for ``password`` when it is short, common, or much like what is known of the person."""
    person = User(email=email, full_name=full_name, phone=phone)
    formed = in_one_form(password)
    try:
        validate_password(formed, person)
        UserAttributeSimilarityValidator(user_attributes=("full_name", "phone")).validate(formed, person)
    except ValidationError as error:
        details = [ErrorDetail(each.messages[0], code=each.code or "invalid") for each in error.error_list]
        raise InputError({field: details}) from None
