"""A person and a profile as the API shows them: plain functions, because every signed-in page asks for these."""

from datetime import datetime
from typing import Any

from rest_framework.request import Request

from accounts.models import Plan, Profile, User


def user_json(user: User) -> dict[str, Any]:
    plan = user.subscription_plan
    return {
        "id": str(user.id),
        "email": user.email,
        "phone": user.phone,
        "full_name": user.full_name,
        "is_verified": user.is_verified,
        "is_premium": plan != Plan.FREE,
        "subscription_plan": plan,
        "created_at": _iso(user.created_at),
    }


def profile_json(profile: Profile, request: Request | None = None) -> dict[str, Any]:
    """With ``request`` the address of the picture has a host in any case."""
    picture = profile.profile_picture_url
    return {
        "id": str(profile.id),
        "user": user_json(profile.user),
        "date_of_birth": profile.date_of_birth.isoformat() if profile.date_of_birth else None,
        "gender": profile.gender,
        "timezone": profile.timezone,
        "locale": profile.locale,
        "location": profile.location,
        "profile_picture_url": request.build_absolute_uri(picture) if request and picture else picture,
        "bio": profile.bio,
        "profile_completed_at": _iso(profile.profile_completed_at) if profile.profile_completed_at else None,
        "created_at": _iso(profile.created_at),
        "updated_at": _iso(profile.updated_at),
    }


def _iso(moment: datetime) -> str:
    """As REST framework writes it: UTC is "Z"."""
    return moment.isoformat().replace("+00:00", "Z")
