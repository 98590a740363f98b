"""What several of the endpoints say of themselves."""

from drf_spectacular.utils import OpenApiExample

from accounts.factors.api.examples import CHANGED, CHANGED_WITHOUT_CODES
from accounts.factors.errors import ChallengeInvalid, PasskeyInvalid, SecondFactorInvalid
from accounts.login.views import GUARDED
from numerai.common.http.openapi import problem

WRONG = problem(
    400,
    SecondFactorInvalid.code,
    f"`{SecondFactorInvalid.code}` for a wrong or spent code, `{PasskeyInvalid.code}` for a passkey, and "
    f"`{ChallengeInvalid.code}` when it took too long or is done already.",
)
BAD_PASSKEY = problem(
    400,
    PasskeyInvalid.code,
    f"`{PasskeyInvalid.code}`, or `{ChallengeInvalid.code}` when it took too long or is done already.",
)
ENDS_SESSIONS = (
    "Every other session ends, the person is told by mail, and this device goes on with the tokens in the answer."
)
WITH_CODES = OpenApiExample("changed", value=CHANGED, response_only=True, status_codes=["200"])
WITHOUT_CODES = OpenApiExample("changed", value=CHANGED_WITHOUT_CODES, response_only=True, status_codes=["200"])
BY_PASSWORD = OpenApiExample("by password", value={"password": "a long and private sentence"}, request_only=True)

__all__ = ["BAD_PASSKEY", "BY_PASSWORD", "ENDS_SESSIONS", "GUARDED", "WITHOUT_CODES", "WITH_CODES", "WRONG"]
