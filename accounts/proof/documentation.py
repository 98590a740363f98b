"""What every act says of itself that stands behind ``require_fresh``."""

from accounts.proof.services import FreshLoginRequired, PasswordWrong
from numerai.common.http.openapi import problem

FACTOR = (
    "Then, of who has a second factor, `factor_proof_required`: answer its `challenge` at auth/factors/proof/ and "
    "repeat the request, without a mailed code, which is spent."
)
NOT_FRESH = problem(
    403,
    FreshLoginRequired.code,
    f"`fresh_login_required` until the first proof is fresh: its `ways` name how (see auth/proof/). {FACTOR}",
)
# For what is asked with ``is_shown``.
NOT_SHOWN = problem(
    403,
    FreshLoginRequired.code,
    "`fresh_login_required` until a password or mailed code was shown in this session within fifteen minutes, here or "
    f"at auth/proof/: its `ways` name which. The sign-in itself does not count. {FACTOR}",
)
WRONG_PASSWORD = problem(400, PasswordWrong.code, PasswordWrong.detail)
