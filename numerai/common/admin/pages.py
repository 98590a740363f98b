"""Pages of the admin that belong to an app and to no table: where they stand, and who may open them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Page:
    """``title`` leads to ``view`` from above the tables of the app, for whom ``is_for`` holds.

    Its address is ``<app>/<where>``, its name ``admin:<name>``. Others ``below`` it, by what follows in the address and
    their names, are opened from there and by the same people.
    """

    app_label: str
    title: str
    where: str
    name: str
    view: View
    is_for: Callable[[HttpRequest], bool]
    below: tuple[tuple[str, str, View], ...] = ()

    def urls(self, site: AdminSite) -> list[URLPattern]:
        every = (("", self.name, self.view), *self.below)
        return [
            path(f"{self.app_label}/{self.where}/{more}", site.admin_view(self._guarded(view)), name=name)
            for more, name, view in every
        ]

    def entry(self) -> dict[str, Any]:
        """As the list of an app names a table that may only be looked at."""
        return {
            "name": self.title,
            "object_name": self.name,
            "admin_url": reverse(f"admin:{self.name}"),
            "add_url": None,
            "view_only": True,
            "perms": {"add": False, "change": False, "delete": False, "view": True},
        }

    def _guarded(self, view: View) -> View:
        def opened(request: HttpRequest, **where: Any) -> HttpResponseBase:
            if not self.is_for(request):
                raise PermissionDenied
            return view(request, **where)

        return opened


_pages: list[Page] = []


def add(page: Page) -> None:
    """Once, where the app registers its tables with the admin."""
    _pages.append(page)


def urls(site: AdminSite) -> list[URLPattern]:
    return [pattern for page in _pages for pattern in page.urls(site)]


def entries(request: HttpRequest, app_label: str) -> list[dict[str, Any]]:
    """The pages of an app for whoever asks, in the form in which Django's admin lists tables."""
    return [page.entry() for page in _pages if page.app_label == app_label and page.is_for(request)]
