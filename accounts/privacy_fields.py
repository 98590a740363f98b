"""What becomes of every column of accounts. A new column without its place here fails the suite."""

from typing import Any

from accounts.models import Profile
from accounts.profiles.representation import profile_json
from numerai.common.privacy import Table, cut, hidden, impersonal, kept, plain, told

WITH_ACCOUNT = "As long as the account exists."
UNTIL_ERASED = "As long as the account exists; 30 days for a sign-up that is never verified (UNVERIFIED_SIGN_UP_DAYS)."
STUMP = "The row stays without a name, because records that the law has us keep refer to its id."
EVIDENCE = "Shows that an account was not taken over and that a wish was fulfilled; names nobody."


def _profile(profile: Profile) -> dict[str, Any]:
    user = profile.user
    return profile_json(profile) | {
        "email_verified_at": plain(user.email_verified_at),
        "phone_verified_at": plain(user.phone_verified_at),
        "plan": user.plan,
        "plan_until": plain(user.plan_until),
    }


def _event(event: Any) -> dict[str, Any]:
    origin = getattr(event, "origin", None)
    return {
        "at": plain(event.at),
        "kind": event.kind,
        "details": event.details,
        "device": origin.device if origin else "",
        "address": origin.address if origin else None,
    }


PEOPLE = (
    Table(
        "accounts.Profile",
        (
            told("date_of_birth gender timezone locale location bio picture profile_completed_at"),
            kept("id user created_at updated_at", why=STUMP),
        ),
        owner="user_id",
        section="profile",
        purpose="Who you are: to know you, to write to you, and to draw your chart from your name and birth date.",
        until=UNTIL_ERASED,
        is_one=True,
        row=_profile,
        related=("user",),
    ),
    Table(
        "accounts.DiscardedPicture",
        (kept("name due_at", why="The random name of a picture, so that its file is deleted as well."),),
        purpose="Files of pictures that are being deleted.",
        until="Until the file is deleted: minutes, or as long as the storage is away.",
    ),
    Table(
        "accounts.User",
        (
            told("email phone full_name email_verified_at phone_verified_at plan plan_until"),
            hidden("password is_staff is_superuser"),
            kept("id created_at is_active session_epoch", why=STUMP),
        ),
        owner="id",
        section="profile",
        purpose="How you sign in and which plan you have.",
        until=UNTIL_ERASED,
        is_part=True,
    ),
    Table(
        "accounts.User_groups",
        (hidden("id user group"),),
        owner="user_id",
        purpose="What people who work for us may do.",
        until=WITH_ACCOUNT,
        is_deleted=True,
    ),
    Table(
        "accounts.User_user_permissions",
        (hidden("id user permission"),),
        owner="user_id",
        purpose="What people who work for us may do.",
        until=WITH_ACCOUNT,
        is_deleted=True,
    ),
)

GETTING_IN = (
    Table(
        "accounts.Session",
        (
            told("method has_second_factor device address created_at proved_at rotated_at idle_until ends_at"),
            told("is_proof_shown factor_proved_at revoked_at revoke_reason"),
            hidden("id user secret_hash previous_hash"),
        ),
        owner="user_id",
        section="sessions",
        purpose="Where you are signed in, so that you can see it and end it.",
        until="30 days after it has ended.",
        is_deleted=True,
        order="created_at",
    ),
    Table(
        "accounts.OneTimeCode",
        (hidden("id user purpose code_hash tries expires_at used_at created_at"),),
        owner="user_id",
        purpose="Codes that were sent to you, as hashes.",
        until="A day after it has expired.",
        is_deleted=True,
    ),
    Table(
        "accounts.ResetLink",
        (hidden("user token_hash bound_to expires_at used_at created_at"),),
        owner="user_id",
        purpose="The link for a forgotten password, as a hash.",
        until="A day after it has expired.",
        is_deleted=True,
    ),
    Table(
        "accounts.EmailChange",
        (
            told("old_email new_email created_at expires_at confirmed_at revert_until settled_at"),
            hidden("id user revert_hash"),
        ),
        owner="user_id",
        section="email_changes",
        purpose="Changes of your address, so that one you did not make can be undone.",
        until="30 days after it is over.",
        is_deleted=True,
        order="created_at",
    ),
    Table(
        "accounts.AuthenticatorApp",
        (told("created_at confirmed_at last_used_at"), hidden("id user secret last_step")),
        owner="user_id",
        section="authenticator_app",
        purpose="Your second factor; its secret is sealed.",
        until="Until you remove it.",
        is_deleted=True,
        is_one=True,
    ),
    Table(
        "accounts.Passkey",
        (
            told("name transports is_synced sign_count created_at last_used_at"),
            hidden("id user credential_id credential"),
        ),
        owner="user_id",
        section="passkeys",
        purpose="The public halves of your passkeys.",
        until="Until you remove it.",
        is_deleted=True,
        order="created_at",
    ),
    Table(
        "accounts.RecoveryCode",
        (told("created_at used_at"), hidden("id user code_hash")),
        owner="user_id",
        section="recovery_codes",
        purpose="Your recovery codes, as hashes.",
        until="Until you make new ones or remove your second factor.",
        is_deleted=True,
        order="created_at",
    ),
    Table(
        "accounts.FactorChallenge",
        (hidden("id purpose user method token_hash bound_to tries created_at expires_at used_at"),),
        owner="user_id",
        purpose="What your second factor was asked, for some minutes, as a hash.",
        until="A day after it has expired.",
        is_deleted=True,
    ),
)

BY_PROVIDERS = (
    Table(
        "accounts.Identity",
        (
            told("provider subject email email_verified is_private_relay email_deliverable blocked_at"),
            told("created_at last_used_at"),
            hidden("id user sealed_refresh_token"),
        ),
        owner="user_id",
        section="identities",
        purpose="The accounts at Google and Apple by which you sign in.",
        until="Until you unlink them.",
        is_deleted=True,
        order="created_at",
    ),
    Table(
        "accounts.TokenRevocation",
        (hidden("id user provider sealed_token attempts next_attempt_at created_at"),),
        owner="user_id",
        purpose="What Google or Apple are still to be told when you have unlinked them; sealed.",
        until="Three days.",
        is_deleted=True,
    ),
    Table(
        "accounts.ProviderEvent",
        (impersonal("id provider event_id types received_at"), cut("user_id")),
        owner="user_id",
        purpose="What Google and Apple told us of your account there, so that it takes effect once.",
        until="400 days.",
    ),
)

EVENTS = (
    Table(
        "accounts.SecurityEvent",
        (
            kept("at kind details", why=EVIDENCE, is_told=True),
            kept("id public_id user_id actor_kind actor_id session_id request_id", why=EVIDENCE),
        ),
        owner="user_id",
        section="security_events",
        purpose="What happened to the safety of your account, so that an attack can be seen and proved.",
        until="Seven years; where it came from goes with the account.",
        row=_event,
        related=("origin",),
        order="id",
    ),
    Table(
        "accounts.SecurityEventOrigin",
        (told("device address"), hidden("event")),
        owner="event__user_id",
        section="security_events",
        purpose="From which device and which network it came; addresses are shortened.",
        until=WITH_ACCOUNT,
        is_deleted=True,
        is_part=True,
    ),
)

RIGHTS = (
    Table(
        "accounts.ExportJob",
        (
            told("asked_at state is_file finished_at counts"),
            hidden("id user rows_total rows_done size attempts next_attempt_at lease_until last_error expires_at"),
        ),
        owner="user_id",
        section="exports",
        purpose="When you asked for your data.",
        until=WITH_ACCOUNT,
        is_deleted=True,
        order="asked_at",
    ),
    Table(
        "accounts.ExportPart",
        (hidden("id job number sealed"),),
        owner="job__user_id",
        purpose="The files of your exports, sealed.",
        until="Seven days.",
        is_deleted=True,
    ),
    Table(
        "accounts.Deletion",
        (
            kept("asked_at due_at undone_at state", why=EVIDENCE, is_told=True),
            kept("id person_id was_active held_at erased_at attempts last_error report", why=EVIDENCE),
            kept("next_attempt_at lease_until", why=EVIDENCE),
            cut("undo_hash"),
        ),
        owner="person_id",
        section="deletions",
        purpose="When you asked for the deletion of your account, and what became of it.",
        until="Without end, as proof; it names an id that leads to nobody.",
        order="asked_at",
    ),
    Table(
        "accounts.Tombstone",
        (impersonal("subject_id erased_at"),),
        purpose="Who was erased, by an id that leads to nobody, so that no backup brings them back.",
        until="Without end.",
    ),
)

TABLES = (*PEOPLE, *GETTING_IN, *BY_PROVIDERS, *EVENTS, *RIGHTS)
