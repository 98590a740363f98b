from django.urls import path

from accounts.leaving.views import DeleteAccountView, UndoDeletionView

urlpatterns = [
    path("", DeleteAccountView.as_view(), name="delete-account"),
    path("undo/", UndoDeletionView.as_view(), name="undo-deletion"),
]
