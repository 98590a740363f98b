"""A person's second factors as the API and the export show them."""

from typing import Any
from uuid import UUID

from accounts.factors.api.serializers import FactorsSerializer
from accounts.factors.ways import recovery
from accounts.models import AuthenticatorApp, Passkey


def factors_json(user_id: UUID) -> dict[str, Any]:
    """Three queries. No secret, no key, no hash."""
    app = AuthenticatorApp.objects.filter(user_id=user_id, confirmed_at__isnull=False).first()
    shown = {
        "totp": {"added_at": app.confirmed_at, "last_used_at": app.last_used_at} if app else None,
        "passkeys": Passkey.objects.filter(user_id=user_id).order_by("created_at", "id"),
        "recovery_codes_left": recovery.left(user_id),
    }
    return dict(FactorsSerializer(shown).data)
