from django.urls import path

from accounts.social.inbox.views import AppleEventsView, GoogleEventsView
from accounts.social.views.linking import IdentitiesView, IdentityView, LinkAppleView, LinkGoogleView
from accounts.social.views.signing_in import AppleView, GoogleView, NonceView

urlpatterns = [
    path("social/nonce/", NonceView.as_view(), name="social-nonce"),
    path("social/google/", GoogleView.as_view(), name="social-google"),
    path("social/apple/", AppleView.as_view(), name="social-apple"),
    path("social/google/events/", GoogleEventsView.as_view(), name="social-google-events"),
    path("social/apple/events/", AppleEventsView.as_view(), name="social-apple-events"),
    path("identities/", IdentitiesView.as_view(), name="identities"),
    path("identities/google/", LinkGoogleView.as_view(), name="link-google"),
    path("identities/apple/", LinkAppleView.as_view(), name="link-apple"),
    path("identities/<uuid:identity_id>/", IdentityView.as_view(), name="identity"),
]
