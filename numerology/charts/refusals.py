"""Refusals as the API's document tells of them."""

from numerai.common.errors import NotFound
from numerai.common.http.openapi import problem
from numerology.errors import BirthDateRequired
from payments.entitlements import PlanRequired

# One answer stands for all: name_required, name_no_letters and latin_name_required have the same shape.
INCOMPLETE = problem(BirthDateRequired.status, BirthDateRequired.code, BirthDateRequired.detail)
NO_PLAN = problem(PlanRequired.status, PlanRequired.code, PlanRequired.detail)
# Of a person whom the caller does not keep.
STRANGER = problem(404, NotFound.code, NotFound.detail)
