from django.contrib.auth.password_validation import UserAttributeSimilarityValidator, validate_password
from django.core.exceptions import ValidationError
from rest_framework.exceptions import ErrorDetail
from rest_framework.exceptions import ValidationError as InputError

from accounts.models import User


def refuse_weak(password: str, *, email: str, full_name: str, phone: str = "", field: str = "password") -> None:
    """Raises InputError for ``password`` when it is short, common, or much like what is known of the person."""
    person = User(email=email, full_name=full_name, phone=phone)
    try:
        validate_password(password, person)
        UserAttributeSimilarityValidator(user_attributes=("full_name", "phone")).validate(password, person)
    except ValidationError as error:
        details = [ErrorDetail(each.messages[0], code=each.code or "invalid") for each in error.error_list]
        raise InputError({field: details}) from None
