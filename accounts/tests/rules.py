"""The ninety rules of a safe account that the tests named ``test_rule_NN_…`` hold, and the table of who holds which.

``python -m accounts.tests.rules`` writes the table to README.md; ``test_rules.py`` fails when it is out of date.
Payments has a hundred rules of its own, so a test there that holds one of these carries no number and is named here.
"""

from pathlib import Path

from numerai.tests.rule_tables import ROOT, RuleBook

HERE = Path(__file__).resolve().parent

RULES = {
    1: "Every door to a session goes through one function, and a new door that does not is found",
    2: "An address has one form, is unique, and parallel sign-ups of it make one person",
    3: "A password is long rather than intricate, is kept whole, and is none that anybody would try",
    4: "A failed sign-in looks and takes the same whatever the reason",
    5: "Signing up tells nobody but its owner that an address is known",
    6: "Asking for a reset tells nothing, and mails nothing within the request",
    7: "Keys that are mailed work once, for a while, for one purpose, and not after a change",
    8: "A reset does not pass the second factor and ends all sessions; what changes is told",
    9: "A change of address wants a fresh proof and a code from the new one, and can be undone from the old one",
    10: "A first password for whoever came by Google or Apple wants a fresh proof",
    11: "Operators give a second factor; its codes work once, recovery codes too, and go with the last factor",
    12: "An access token is ours, short, of one algorithm and kind; anything else is a 401",
    13: "A refresh token works once, however many use it at a time",
    14: "A refresh token that comes back ends its session and is told; the direct predecessor has ten seconds",
    15: "Password, address, factor, powers, closing: each ends every session at once",
    16: "Whoever is gone gets a 401, never a 500",
    17: "A session ends when it is left alone, and after sixty days however it is used",
    18: "After a logout the access token is refused too",
    19: "Sessions are listed, one or all of them ended; another person's is not there",
    20: "Nothing that opens an account can be read from a dump of the database",
    21: "Two keys sign tokens while one replaces the other, and neither is SECRET_KEY",
    22: "What is over is purged",
    23: "No token stands in an address, the log or an answer",
    24: "A token of Google or Apple that is wrong in any way is a 400 and changes nothing",
    25: "A nonce is ours, is compared, and is good once",
    26: "An access token of a provider proves nothing by itself",
    27: "A provider's id of a person decides, an address never; parallel first sign-ins make one account",
    28: "Accounts are joined by an address only when both sides have verified it and no other one is joined",
    29: "Whoever took an address before its owner keeps nothing when the owner comes",
    30: "Only a true yes is a verified address, and Google's only where it hosts it",
    31: "Apple's name is cleaned, its relayed address accepted, and neither is lost later",
    32: "The last way in cannot be taken away",
    33: "Signing in by Google or Apple sets no cookie",
    34: "Providers' keys are kept for as long as they say; an outage is a 503 and keeps nobody waiting",
    35: "What Google and Apple tell of an account is verified, takes effect once, and has its effect",
    36: "Every route is tried by everybody, and one that is in no table is found",
    37: "Another person's object is as if it were not, in paths and bodies, for every method",
    38: "Views ask for rows by the person they belong to",
    39: "Ids are random, and the number of a row never leaves",
    40: "A body sets the fields that are listed and no other",
    41: "A query filters by what is listed, and a page has an end",
    42: "What is open to all tells nothing of how we are set up",
    43: "Limits by network, account and both hold at their number and begin anew after their time",
    44: "Five attempts lock an account for one network; no stranger keeps its owner out",
    45: "A locked account answers like one that is not there, with a 429",
    46: "However an address is spelt, it is one account to the limits",
    47: "Of thirty at once as many pass as the limit says",
    48: "An address that a caller claims to have changes nothing",
    49: "Without Redis signing in is refused within a second, and the rest goes on",
    50: "Bodies are small, JSON and storable, or a 400, 413 or 415",
    51: "Nobody's mailbox is flooded, nor ours misused to flood many",
    52: "What costs money has a quota a day",
    53: "What there is once is sold once, however many buy it at a time",
    54: "Of parallel bookings of a slot one succeeds",
    55: "The same Idempotency-Key is one operation of one person",
    56: "What is redeemed once is redeemed once in parallel too",
    57: "A webhook's bytes are verified before they are read, and wrong ones are a 400",
    58: "A webhook that is repeated or comes from the future has no effect",
    59: "Events out of order, of other modes or accounts do no harm; two secrets are good in a rotation",
    60: "A webhook stores and acknowledges, survives a crash, and bears abuse without the database",
    61: "Deleting an account wants a fresh proof, signs out at once, can be undone, and is done by a job",
    62: "While it can be undone, signing in leads to that alone, nothing is mailed or renewed, the address is taken",
    63: "Every column says what becomes of it, and a marker in each is gone after an erasure",
    64: "The books stay for seven years without the person",
    65: "Apple and Google are told to forget us, and cannot hold a deletion up",
    66: "A restored backup does not bring back who was erased",
    67: "An export holds every table of the person, and nothing of others",
    68: "An export wants a fresh proof, is one a day, its owner's alone, sealed, and gone after a week",
    69: "A wish that waits for 25 days is reported",
    70: "Every act of weight leaves an event, in its transaction; refusals outlive what was rolled back",
    71: "Evidence cannot be edited, and tampering is found",
    72: "Events hold ids and counts, never what is secret",
    73: "No word of a person is heard in logs, in the error reporter or in the audit",
    74: "A refusal carries an id that the log and its event know",
    75: "The admin asks for the second factor, deletes nothing, shows no secret, and forgets a login in eight hours",
    76: "An operator without a factor is led to set one up, not to a page that is gone",
    77: "Django's own check of a deployment is clean",
    78: "Answers may do nothing in a browser and are kept by nobody",
    79: "No site but the frontend may read the API, and cookies are nowhere needed",
    80: "No form of the admin is taken without its token, or from another site",
    81: "A host that a caller claims leads no link away",
    82: "Calls outside go where we say, follow nothing, and end",
    83: "A name is text on an invoice and in a mail, whatever it looks like",
    84: "A picture is decoded, made anew, without its metadata, and served as nothing else",
    85: "A name makes no header of a mail",
    86: "Secrets come from the environment, are missed at start, can be replaced, and stand nowhere in the repository",
    87: "Dependencies are pinned by hash and audited; insecure code is looked for",
    88: "There is one version of the API, and every route is listed",
    89: "A failure tells a code and a sentence, and nothing of the inside",
    90: "What vendors answer is checked before it is used",
}

NOT_APPLICABLE = {54: "Nothing of the product is booked by time."}

REMARKS = {
    53: "Nobody has a balance here, and no seats are sold.",
    56: "Codes for a discount are kept and counted by Stripe.",
    66: "The test puts the rows of a backup back; restoring a whole dump is a drill of the runbook.",
    75: (
        "Giving money back asks an operator to confirm, not for the password again. Groups, schedules and what "
        "the engine can compute anew may be deleted. Nothing is exported as CSV."
    ),
    82: "Addresses called are ours to set, so names are not resolved and pinned beforehand.",
    84: "Whether pictures stand on an origin of their own is a setting (MEDIA_URL).",
}

ELSEWHERE = {
    42: (
        "numerai/tests/test_health.py::test_health_is_read_only",
        "numerai/tests/test_openapi.py::test_the_docs_page_loads_nothing_from_elsewhere",
    ),
    52: (
        "payments/tests/test_purchase_limits.py::test_the_day_has_a_limit_that_no_race_passes",
        "accounts/tests/test_exporting.py::test_rule_68_once_a_day",
    ),
    53: (
        "payments/tests/test_purchase_limits.py::test_two_tabs_that_pay_at_once_pay_once",
        "payments/tests/test_constraints.py::test_one_live_subscription_each",
    ),
    55: (
        "payments/tests/test_idempotency.py::test_rule_32_the_same_key_gives_the_same_answer",
        "payments/tests/test_idempotency.py::test_rule_33_the_same_key_for_something_else_is_a_422",
        "payments/tests/test_idempotency.py::test_keys_of_two_people_are_different_keys",
        "payments/tests/test_idempotency.py::test_parallel_requests_with_one_key_share_one_answer",
    ),
    56: (
        "accounts/tests/test_factor_races.py::test_rule_11_of_parallel_uses_of_a_recovery_code_one_counts",
        "accounts/tests/test_leaving.py::test_rule_62_of_many_clicks_at_once_one_opens",
    ),
    57: (
        "payments/tests/test_signature.py::test_rule_01_signature_covers_the_raw_bytes",
        "payments/tests/test_signature.py::test_rule_02_bad_headers_are_a_400",
        "payments/tests/test_signature.py::test_rule_03_signed_nonsense_is_a_400",
        "payments/tests/test_signature.py::test_rule_05_the_past_and_the_future_are_refused",
    ),
    58: (
        "payments/tests/test_inbox.py::test_rule_14_twenty_parallel_deliveries_are_one_event_with_one_effect",
        "payments/tests/test_signature.py::test_rule_05_the_past_and_the_future_are_refused",
    ),
    59: (
        "payments/tests/test_inbox.py::test_rule_11_an_unknown_type_is_stored_and_ignored",
        "payments/tests/test_inbox.py::test_rule_91_an_event_of_the_other_mode_is_only_kept",
        "payments/tests/test_signature.py::test_rule_08_either_secret_is_valid_during_rotation",
        "payments/tests/test_signature.py::test_rule_10_only_post_is_served",
        "payments/tests/test_sync.py::test_rule_17_updated_before_created",
        "payments/tests/test_webhook_rules.py::test_rule_92_an_event_of_another_account_is_kept_and_reported",
    ),
    60: (
        "payments/tests/test_inbox.py::test_rule_13_with_broker_and_stripe_down_events_are_taken_quickly_and_swept_later",
        "payments/tests/test_webhook_rules.py::test_abuse_in_numbers_is_turned_away_without_the_database",
        "payments/tests/test_worker_killed.py::test_rule_28_an_event_whose_worker_was_killed_is_handled_once",
    ),
    61: ("payments/tests/test_erased.py::test_a_worker_that_is_killed_is_followed_by_another",),
    62: (
        "payments/tests/test_grace.py::test_nobody_is_charged_who_is_leaving",
        "payments/tests/test_grace.py::test_whoever_comes_back_goes_on",
    ),
    64: (
        "payments/tests/test_erased.py::test_the_books_stay_without_the_person",
        "payments/tests/test_erased.py::test_while_stripe_is_away_nobody_is_forgotten",
        "payments/tests/test_evidence.py::test_what_is_past_its_time_goes_and_nothing_else",
    ),
    71: ("payments/tests/test_evidence.py::test_the_role_of_the_runbook_works_and_can_undo_nothing",),
    73: (
        "payments/tests/test_canary.py::test_no_word_of_a_person_is_heard_outside",
        "payments/tests/test_canary.py::test_a_line_break_makes_no_second_line",
    ),
    75: (
        "accounts/tests/test_admin.py::test_no_page_shows_a_hash",
        "accounts/tests/test_admin_login.py::test_an_operator_gets_so_many_tries_from_a_network",
        "accounts/tests/test_desk.py::test_rule_11_no_page_opens_on_the_password_alone",
    ),
    77: ("numerai/tests/test_settings.py::test_the_deployment_check_is_clean",),
    79: ("numerai/tests/test_requests.py::test_nobody_else_may",),
    80: ("accounts/tests/test_desk.py::test_a_form_of_another_site_is_refused",),
    82: (
        "numerai/tests/test_outbound.py::test_a_redirect_is_not_followed",
        "numerai/tests/test_outbound.py::test_more_than_a_megabyte_is_not_read",
        "numerai/tests/test_outbound.py::test_somebody_who_says_nothing_is_not_waited_for",
        "numerai/tests/test_outbound.py::test_a_server_that_cannot_prove_its_name_is_not_spoken_to",
    ),
    83: (
        "notifications/tests/wording/test_rendering.py::test_rule_54_html_is_escaped_and_text_is_not",
        "notifications/tests/wording/test_strange_names.py::test_a_strange_name_is_only_a_name",
        "payments/tests/test_invoice_pdf.py::test_a_name_is_never_read_as_markup",
        "payments/tests/test_invoice_pdf.py::test_no_name_is_refused",
    ),
    85: (
        "notifications/tests/test_email.py::test_a_hostile_value_makes_no_header_of_its_own",
        "notifications/tests/wording/test_rendering.py::test_rule_56_a_subject_is_one_line",
    ),
    86: (
        "accounts/tests/test_access_token.py::test_rule_21_two_keys_live_at_once_and_an_old_one_is_retired",
        "numerai/tests/test_sealing.py::test_a_new_key_seals_and_the_old_one_still_opens",
        "numerai/tests/test_settings.py::test_production_names_the_variable_that_is_missing",
        "payments/tests/test_signature.py::test_rule_08_either_secret_is_valid_during_rotation",
    ),
    87: (
        "numerai/tests/test_dependencies.py::test_every_dependency_is_pinned_with_hashes",
        "numerai/tests/test_dependencies.py::test_production_starts_on_its_own_requirements_alone",
    ),
    88: ("numerai/tests/test_permissions.py::test_every_route_has_a_row_and_every_row_a_route",),
    89: ("numerai/tests/test_problem.py::test_every_failure_is_a_problem_document",),
    90: (
        "payments/tests/test_stripe_answers.py::test_what_stripe_does_not_find_to_cancel_counts_as_ended_only_if_it_has",
        "payments/tests/test_sync.py::test_rule_31_a_new_status_is_kept_and_gives_no_access",
    ),
}

BOOK = RuleBook(
    rules=RULES,
    rooms=tuple(ROOT / app for app in ("accounts", "numerai")),
    base=ROOT,
    page=HERE / "README.md",
    introduction=(
        'Tests of a rule carry its number, so `make test ARGS="accounts numerai -k rule_37"` runs what holds rule 37. '
        "Written by `python -m accounts.tests.rules`."
    ),
    elsewhere=ELSEWHERE,
    not_applicable=NOT_APPLICABLE,
    remarks=REMARKS,
)

if __name__ == "__main__":
    BOOK.page.write_text(BOOK.table())
