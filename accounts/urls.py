from django.urls import include, path

from accounts.addresses.views import EmailConfirmView, EmailRevertView, EmailView
from accounts.events.views import SecurityEventsView
from accounts.login.views import LoginView, LogoutView, RefreshView
from accounts.passwords.views import (
    ChangeView,
    ResetConfirmView,
    ResetLinkAliasView,
    ResetLinkConfirmView,
    ResetLinkView,
    ResetView,
)
from accounts.pictures.views import PictureView
from accounts.profiles.views import ProfileView
from accounts.proof.views import ProofCodeView, ProofView
from accounts.registration.views import RegisterView
from accounts.sessions.views import LogoutAllView, SessionsView, SessionView
from accounts.unlocking.views import UnlockConfirmView, UnlockView
from accounts.verification.views import ResendView, VerifyView

urlpatterns = [
    path("auth/register/", RegisterView.as_view(), name="register"),
    path("auth/verify-otp/", VerifyView.as_view(), name="verify-otp"),
    path("auth/resend-otp/", ResendView.as_view(), name="resend-otp"),
    path("auth/unlock/", UnlockView.as_view(), name="unlock"),
    path("auth/unlock/confirm/", UnlockConfirmView.as_view(), name="unlock-confirm"),
    path("auth/login/", LoginView.as_view(), name="login"),
    path("auth/refresh-token/", RefreshView.as_view(), name="refresh-token"),
    path("auth/logout/", LogoutView.as_view(), name="logout"),
    path("auth/logout-all/", LogoutAllView.as_view(), name="logout-all"),
    path("auth/sessions/", SessionsView.as_view(), name="sessions"),
    path("auth/sessions/<uuid:session_id>/", SessionView.as_view(), name="session"),
    path("auth/password-reset/", ResetView.as_view(), name="password-reset"),
    path("auth/password-reset/confirm/", ResetConfirmView.as_view(), name="password-reset-confirm"),
    path("auth/reset-password/", ResetLinkAliasView.as_view(), name="reset-link-alias"),
    path("auth/reset-password/token/", ResetLinkView.as_view(), name="reset-link"),
    path("auth/reset-password/token/confirm/", ResetLinkConfirmView.as_view(), name="reset-link-confirm"),
    path("auth/password/change/", ChangeView.as_view(), name="password-change"),
    path("users/email/", EmailView.as_view(), name="email"),
    path("users/email/confirm/", EmailConfirmView.as_view(), name="email-confirm"),
    path("users/email/revert/", EmailRevertView.as_view(), name="email-revert"),
    path("auth/proof/", ProofView.as_view(), name="proof"),
    path("auth/proof/code/", ProofCodeView.as_view(), name="proof-code"),
    path("auth/", include("accounts.factors.api.urls")),
    path("auth/", include("accounts.social.urls")),
    path("users/delete-account/", include("accounts.leaving.urls")),
    path("users/", include("accounts.exporting.urls")),
    path("users/security-events/", SecurityEventsView.as_view(), name="security-events"),
    path("users/profile/", ProfileView.as_view(), name="profile"),
    path("users/profile/picture/", PictureView.as_view(), name="picture"),
]
