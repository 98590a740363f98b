from numerai.common.errors import Conflict, DomainError


class LinkRequired(Conflict):
    """The address belongs to an account that this person has not yet shown to be theirs."""

    code, title = "link_required", "Sign in to your account first"
    detail = (
        "There is an account with this e-mail address already. Sign in to it the way you did before, "
        "then link the two in its settings."
    )


class AddressMissing(DomainError):
    code, title = "social_address_missing", "No e-mail address"
    detail = "No e-mail address came with that sign-in. Allow it to be shared, or sign up with your address."


class IdentityBlocked(DomainError):
    status, code, title = 403, "social_identity_blocked", "This way is closed"
    detail = "Google reports that this account is not safe at the moment. Please sign in another way."


class IdentityTaken(Conflict):
    code, title = "social_identity_taken", "Linked elsewhere"
    detail = "That account is linked to another person here."


class IdentityExists(Conflict):
    code, title = "social_identity_exists", "Linked already"
    detail = "Another account of this kind is linked already. Unlink it first."


class LastLoginMethod(Conflict):
    code, title = "last_login_method", "Your only way in"
    detail = "This is your only way to sign in. Set a password or add another way first."
