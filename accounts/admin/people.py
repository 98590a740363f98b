from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from accounts.addresses.mailing import MOVED_KIND
from accounts.admin.account import AccountDesk, with_standing
from accounts.admin.forms import AddUserForm, ChangeUserForm, ProfileForm
from accounts.admin.identities import IdentityInline
from accounts.admin.leaving import LeavingDesk
from accounts.admin.sign_ins import SessionInline
from accounts.admin.watched import WatchedGroup, WatchedPerson
from accounts.models import Profile, SessionEnd, Tombstone, User
from accounts.profiles.services import BIRTH_DATA
from accounts.sessions import end_all_sessions
from accounts.signals import birth_data_changed, email_changed
from notifications.services import notify

STATE = (
    "stands",
    "is_active",
    "leaves",
    ("email_verified_at", "phone_verified_at"),
    ("created_at", "last_sign_in"),
    "factors",
    "history",
)
POWERS = ("is_staff", "is_superuser", "groups", "user_permissions")


class VerifiedFilter(admin.SimpleListFilter):
    title = "verified"
    parameter_name = "verified"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        unverified = {"email_verified_at__isnull": True, "phone_verified_at__isnull": True}
        match self.value():
            case "yes":
                return queryset.exclude(**unverified)
            case "no":
                return queryset.filter(**unverified)
            case _:
                return queryset


@admin.register(User)
class UserAdmin(AccountDesk, LeavingDesk, WatchedPerson, BaseUserAdmin, ModelAdmin):  # type: ignore[misc,type-arg]
    form = ChangeUserForm
    add_form = AddUserForm
    fieldsets = (
        (None, {"fields": ("id", "email", "phone", "full_name")}),
        ("State", {"fields": STATE}),
        ("Plan, as paid for", {"fields": ("plan", "plan_until")}),
        ("Powers", {"fields": POWERS, "classes": ["collapse"]}),
    )
    add_fieldsets = ((None, {"fields": ("email", "full_name")}),)
    readonly_fields = (
        "id",
        "email_verified_at",
        "phone_verified_at",
        "created_at",
        "stands",
        "last_sign_in",
        "factors",
        "leaves",
        "history",
        "plan",
        "plan_until",
    )
    list_display = ("email", "full_name", "standing", "plan", "plan_until", "created_at", "last_sign_in")
    list_filter = ("plan", VerifiedFilter, "is_active", "is_staff")
    search_fields = ("email", "full_name", "phone")
    show_full_result_count = False
    ordering = ("-created_at",)
    inlines: ClassVar = [SessionInline, IdentityInline]
    actions = ("sign_out",)
    actions_detail: ClassVar = [
        "unlock",
        "end_sessions",
        "send_reset_link",
        {"title": "More", "items": ["start_export", "start_deletion", "undo_deletion", "remove_second_factors"]},
    ]

    def get_urls(self) -> Any:
        """Without Django's page for a password: nobody chooses another person's."""
        return [url for url in super().get_urls() if url.name != "auth_user_password_change"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return with_standing(super().get_queryset(request))

    @admin.display(description="What happened")
    def history(self, user: User) -> str:
        events, audit = (
            reverse("admin:accounts_securityevent_changelist"),
            reverse("admin:common_auditentry_changelist"),
        )
        links = f"{events}?user_id__exact={user.pk}", f"{audit}?q={user.pk}"
        return format_html('<a href="{}">Security events</a>, <a href="{}">audit entries</a>', *links)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        return self.inlines if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        powers = () if _is_superuser(request) else POWERS
        # An account that is leaving is opened by undoing that, or it would be erased while it is in use.
        opening = ("is_active",) if obj is not None and self.is_leaving(obj) else ()
        return (*self.readonly_fields, *powers, *opening)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Whoever could set an operator's address would have that operator's powers; and whoever was erased is nobody,
        who cannot be brought back by an address."""
        if obj is not None and obj.is_staff and not _is_superuser(request):
            return False
        if obj is not None and Tombstone.objects.filter(pk=obj.pk).exists():
            return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People leave by erasure, which keeps what the law demands."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            User.objects.add(obj, Profile())
            return
        changed = set(form.changed_data)
        # What an operator has typed, nobody has verified.
        if "email" in changed:
            obj.email_verified_at = None
        if "phone" in changed:
            obj.phone_verified_at = None
        super().save_model(request, obj, form, change)
        if changed & {"email", "phone", "is_active", *POWERS}:
            end_all_sessions(user=obj, reason=SessionEnd.OPERATOR)
        # Whoever reads the new address is not who has to hear of it.
        if "email" in changed and form.initial["email"]:
            notify(user=obj, kind=MOVED_KIND, address=form.initial["email"])
        if "email" in changed:
            email_changed.send(sender=User, user=obj)
        if told := frozenset(changed) & BIRTH_DATA:
            birth_data_changed.send(sender=User, user=obj, changed=told)

    @admin.action(description="Sign out everywhere", permissions=["change"])
    def sign_out(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        mine = [user for user in queryset if self.has_change_permission(request, user)]
        ended = sum(end_all_sessions(user=user, reason=SessionEnd.OPERATOR) for user in mine)
        self.message_user(request, f"{ended} sessions of {len(mine)} people were ended.", messages.SUCCESS)


@admin.register(Profile)
class ProfileAdmin(WatchedPerson, ModelAdmin):  # type: ignore[misc]
    form = ProfileForm
    fields = (
        "user",
        "date_of_birth",
        "gender",
        "timezone",
        "location",
        "bio",
        "locale",
        "profile_picture_url",
        "profile_completed_at",
        "created_at",
        "updated_at",
    )
    readonly_fields = (
        "user",
        "timezone",
        "locale",
        "profile_picture_url",
        "profile_completed_at",
        "created_at",
        "updated_at",
    )
    list_display = ("user", "date_of_birth", "timezone", "profile_completed_at", "updated_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__full_name", "user__phone")
    show_full_result_count = False
    ordering = ("-created_at",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Profile | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Profile, form: Any, change: bool) -> None:
        obj.note_completion()
        super().save_model(request, obj, form, change)
        if told := frozenset(form.changed_data) & BIRTH_DATA:
            birth_data_changed.send(sender=User, user=obj.user, changed=told)


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(WatchedGroup, BaseGroupAdmin, ModelAdmin):  # type: ignore[misc]
    """Powers are given by superusers alone: whoever edited a group of theirs could give themselves any."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return _is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return _is_superuser(request)


def _is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser
