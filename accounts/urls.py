from django.urls import path

from accounts.login.views import LoginView, LogoutView, RefreshView
from accounts.profiles.views import ProfileView
from accounts.registration.views import RegisterView
from accounts.verification.views import ResendView, VerifyView

urlpatterns = [
    path("auth/register/", RegisterView.as_view(), name="register"),
    path("auth/verify-otp/", VerifyView.as_view(), name="verify-otp"),
    path("auth/resend-otp/", ResendView.as_view(), name="resend-otp"),
    path("auth/login/", LoginView.as_view(), name="login"),
    path("auth/refresh-token/", RefreshView.as_view(), name="refresh-token"),
    path("auth/logout/", LogoutView.as_view(), name="logout"),
    path("users/profile/", ProfileView.as_view(), name="profile"),
]
