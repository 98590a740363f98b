"""The limits of accounts, but for those of second factors, proofs and undo links, which stand beside what they limit.
All but those of refresh, logout and dear acts refuse with 503 when Redis is away: nobody guesses passwords or floods
mailboxes meanwhile, and whoever is signed in goes on."""

from django.conf import settings

from numerai.common.throttling import DAY, Limit, daily

REGISTER = Limit("accounts.register", times=10, seconds=60, fails_closed=True)
VERIFY = Limit("accounts.verify", times=20, seconds=60, fails_closed=True)
RESEND = Limit("accounts.resend", times=10, seconds=60, fails_closed=True)
LOGIN = Limit("accounts.login", times=30, seconds=60, fails_closed=True)
UNLOCK = Limit("accounts.unlock", times=10, seconds=60, fails_closed=True)
RESET = Limit("accounts.reset", times=10, seconds=60, fails_closed=True)
RESET_CONFIRM = Limit("accounts.reset_confirm", times=20, seconds=60, fails_closed=True)
# By the mailbox, for codes and for links: who asks for the one must not keep the other from its owner.
RESET_ASKED = (
    Limit("accounts.reset_asked_a_minute", times=1, seconds=60, fails_closed=True),
    Limit("accounts.reset_asked_an_hour", times=5, seconds=3600, fails_closed=True),
)
# The codes among them can be guessed: sixty tries a day. Whoever finds this used up still gets a link.
RESET_CODES = Limit("accounts.reset_codes_a_day", times=20, seconds=DAY, fails_closed=True)
UNDO = Limit("accounts.undo_deletion", times=10, seconds=60, fails_closed=True)
REVERT = Limit("accounts.revert", times=20, seconds=60, fails_closed=True)
# By the person: each of them writes to an address that may be anybody's.
EMAIL_CHANGE = Limit("accounts.email_change", times=5, seconds=3600, fails_closed=True)
# By the person: whoever holds a stolen session must not guess the password with it.
PROOF = Limit("accounts.proof", times=10, seconds=900, fails_closed=True)
# By the person: acts that ask for a fresh proof. Most leave mails and events that are kept for years, and each that is
# refused for want of a second factor leaves a question.
DEAR = Limit("accounts.dear_acts", times=60, seconds=3600)
SOCIAL = Limit("accounts.social", times=30, seconds=60, fails_closed=True)
NONCE = Limit("accounts.nonce", times=60, seconds=60, fails_closed=True)
REFRESH = Limit("accounts.refresh", times=120, seconds=60)
LOGOUT = Limit("accounts.logout", times=120, seconds=60)

# Together with the caller's network, so that nobody locks a stranger out of their account from elsewhere.
LOGIN_OF_ACCOUNT = Limit(
    "accounts.login_of_account",
    times=settings.MAX_LOGIN_ATTEMPTS,
    seconds=settings.ACCOUNT_LOCK_DURATION,
    fails_closed=True,
    is_lock=True,
)
# From everywhere together: what many networks may guess between them.
LOGIN_FROM_ANYWHERE = Limit(
    "accounts.login_from_anywhere",
    times=10 * LOGIN_OF_ACCOUNT.times,
    seconds=LOGIN_OF_ACCOUNT.seconds,
    fails_closed=True,
    is_lock=True,
)
# While that is used up the account is open to networks it knows, which have a book of their own each.
LOGIN_FROM_KNOWN = Limit(
    "accounts.login_from_known",
    times=4 * LOGIN_OF_ACCOUNT.times,
    seconds=LOGIN_OF_ACCOUNT.seconds,
    fails_closed=True,
    is_lock=True,
)
# Once for each book that an operator's unlocking finds used up.
PARDON_USED = Limit("accounts.pardon_used", times=1, seconds=LOGIN_OF_ACCOUNT.seconds, fails_closed=True)
# For how long a network stays known to which a mailed code has opened the account.
UNLOCKED_SECONDS = DAY
UNLOCK_LINK = Limit("accounts.unlock_link", times=1, seconds=UNLOCKED_SECONDS, fails_closed=True)
# In books of their own: who asks for codes in the owner's name must not keep a link from them. Of those mailed unasked
# one is always good, however long an attack lasts.
UNLOCK_ASKED = (
    Limit("accounts.unlock_asked_a_minute", times=1, seconds=60, fails_closed=True),
    Limit("accounts.unlock_asked_an_hour", times=5, seconds=3600, fails_closed=True),
)
LOCK_TOLD = Limit("accounts.lock_told", times=1, seconds=UNLOCKED_SECONDS // 4, fails_closed=True)
# A /48 holds 65536 networks and is handed to anybody who asks, but also to a company or a campus.
SITE_FACTOR = 4

# Asking is counted for every address alike, or the refusal would tell which are known. What was really sent is counted
# by itself: asking for an address that has no account must not withhold the first code of its owner.
ASKED = (
    Limit("accounts.code_asked_a_minute", times=1, seconds=60, fails_closed=True),
    Limit("accounts.code_asked_an_hour", times=5, seconds=3600, fails_closed=True),
)
MAILED = (
    Limit("accounts.mailed_a_minute", times=1, seconds=60, fails_closed=True),
    Limit("accounts.mailed_an_hour", times=5, seconds=3600, fails_closed=True),
)
# What one network may cause, of requests that send mail or texts, to whomever.
SENDING = Limit("accounts.sending", times=60, seconds=3600, fails_closed=True)
# All mails that strangers can cause, to whomever: past it our name as a sender is at stake.
MAILED_TO_ALL = Limit("accounts.mailed_to_all", times=3000, seconds=3600, fails_closed=True)
# By the person: each is decoded, whatever it is.
PICTURES = daily("accounts.pictures", 20, fails_closed=True)
# Texts cost money, and there are those who earn by having them sent to numbers of theirs.
TEXTED_A_DAY = Limit("accounts.texted_a_day", times=10, seconds=DAY, fails_closed=True)
TEXTED_TO_ALL = Limit("accounts.texted_to_all", times=300, seconds=3600, fails_closed=True)
