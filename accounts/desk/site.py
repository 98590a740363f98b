from typing import Any

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import PasswordChangeView, redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from unfold.sites import UnfoldAdminSite

from accounts.desk import standing


class Desk(UnfoldAdminSite):  # type: ignore[misc]
    """The admin, which opens to operators who have given a second factor. Who has none is led to set one up."""

    def has_permission(self, request: HttpRequest) -> bool:
        return self.is_operator(request) and (not settings.ADMIN_SECOND_FACTOR or standing.is_noted(request))

    def is_operator(self, request: HttpRequest) -> bool:
        return bool(super().has_permission(request))

    def get_urls(self) -> list[URLPattern]:
        from accounts.desk.views import second_factor
        from numerai.common.admin import pages

        own = [path("second-factor/", second_factor, {"site": self}, name="second_factor")]
        return own + pages.urls(self) + list(super().get_urls())

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """The pages of an app stand above its tables."""
        from numerai.common.admin import pages

        listed: list[dict[str, Any]] = super().get_app_list(request, app_label)
        return [app | {"models": [*pages.entries(request, app["app_label"]), *app["models"]]} for app in listed]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Who is half-way in has given the password and goes on from there."""
        if request.method == "GET" and self.is_operator(request) and not self.has_permission(request):
            return HttpResponseRedirect(f"{reverse('admin:second_factor')}?{self._where_to(request)}")
        response: HttpResponse = super().login(request, extra_context)
        return response

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The operator's own; nobody changes another's."""
        from accounts.desk.forms import OwnPasswordForm

        view = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse("admin:password_change_done"),
            extra_context=self.each_context(request) | (extra_context or {}),
        )
        answer: HttpResponse = view(request)  # type: ignore[assignment]
        return answer

    def after(self, request: HttpRequest) -> str:
        """Where ``request`` wanted to go, if that is a page of ours."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        hosts = {request.get_host()}
        is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure())
        return wanted if is_ours else reverse("admin:index")

    def to_login(self, request: HttpRequest) -> HttpResponse:
        return redirect_to_login(self.after(request), reverse("admin:login"))

    def _where_to(self, request: HttpRequest) -> str:
        return urlencode({REDIRECT_FIELD_NAME: self.after(request)})
