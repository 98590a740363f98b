"""What a person is told of their second factors, by mail."""

ADDED = "accounts.factor_added"
REMOVED = "accounts.factor_removed"
RESET = "accounts.factors_reset"
CODES_MADE = "accounts.recovery_codes_made"
CODE_USED = "accounts.recovery_code_used"
GUESSED = "accounts.factor_guessed"

FACTOR_KINDS = (ADDED, REMOVED, RESET, CODES_MADE, CODE_USED, GUESSED)
