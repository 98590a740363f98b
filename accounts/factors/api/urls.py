from django.urls import path

from accounts.factors.api.managing import (
    AppView,
    ConfirmAppView,
    FactorProofView,
    FactorsView,
    RecoveryCodesView,
)
from accounts.factors.api.passkeys import PasskeyOptionsView, PasskeysView, PasskeyView
from accounts.factors.api.signing_in import PasskeySignInOptionsView, PasskeySignInView, SecondFactorView

urlpatterns = [
    path("second-factor/", SecondFactorView.as_view(), name="second-factor"),
    path("passkey/options/", PasskeySignInOptionsView.as_view(), name="passkey-sign-in-options"),
    path("passkey/", PasskeySignInView.as_view(), name="passkey-sign-in"),
    path("factors/", FactorsView.as_view(), name="factors"),
    path("factors/proof/", FactorProofView.as_view(), name="factor-proof"),
    path("factors/totp/", AppView.as_view(), name="factor-totp"),
    path("factors/totp/confirm/", ConfirmAppView.as_view(), name="factor-totp-confirm"),
    path("factors/recovery-codes/", RecoveryCodesView.as_view(), name="factor-recovery-codes"),
    path("factors/passkeys/options/", PasskeyOptionsView.as_view(), name="factor-passkey-options"),
    path("factors/passkeys/", PasskeysView.as_view(), name="factor-passkeys"),
    path("factors/passkeys/<uuid:factor_id>/", PasskeyView.as_view(), name="factor-passkey"),
]
