from django.urls import path

from accounts.login.views import LoginView, LogoutView, RefreshView
from accounts.profiles.views import ProfileView
from accounts.proof.views import ProofCodeView, ProofView
from accounts.registration.views import RegisterView
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
    path("auth/proof/", ProofView.as_view(), name="proof"),
    path("auth/proof/code/", ProofCodeView.as_view(), name="proof-code"),
    path("users/profile/", ProfileView.as_view(), name="profile"),
]
