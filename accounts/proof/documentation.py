"""What every act says of itself that stands behind ``require_fresh``."""

from accounts.proof.services import FreshLoginRequired
from numerai.common.http.openapi import problem

NOT_FRESH = problem(
    403,
    FreshLoginRequired.code,
    "`fresh_login_required` until the first proof is fresh: its `ways` name how (see auth/proof/). Then, of who has a "
    "second factor, `factor_proof_required`: answer its `challenge` at auth/factors/proof/ and repeat the request, "
    "without a mailed code, which is spent.",
)
