"""The pages themselves. Nothing is changed on any of them: texts live in files, figures are counted."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from numerai.common.admin.pages import Page, add
from numerology.desk import browsing, figures

LONGEST_SEARCH = 100


def may_look(request: HttpRequest) -> bool:
    """Whoever may look at any table of numerology."""
    return any(figures.may_see(request, model) for model in apps.get_app_config("numerology").get_models())


@require_safe
def figures_page(request: HttpRequest) -> HttpResponse:
    return _page(request, "figures", title="Figures of numerology", **figures.shown_to(request))


@require_safe
def texts_page(request: HttpRequest) -> HttpResponse:
    """Every file of a language, or where in them ``q`` stands."""
    locale = _locale(request)
    words = request.GET.get("q", "").replace("\0", "")[:LONGEST_SEARCH].strip()
    hits, number = browsing.search(words, locale)
    entries = browsing.entries(locale)
    here = reverse("admin:numerology_texts", query={"language": locale})
    return _page(
        request,
        "texts",
        title="Texts",
        words=words,
        hits=hits,
        number=number,
        entries=entries,
        texts=sum(entry.texts for entry in entries),
        unsound=sum(bool(entry.problem) for entry in entries),
        all=here,
        **_languages(locale),
    )


@require_safe
def file_page(request: HttpRequest, name: str) -> HttpResponse:
    locale = _locale(request)
    try:
        entry = browsing.entry(name, locale)
    except KeyError:
        raise Http404 from None
    tables = browsing.tables(name, locale)
    return _page(request, "file", title=name, entry=entry, tables=tables, **_languages(locale))


def register() -> None:
    add(Page("numerology", "Figures", "figures", "numerology_figures", figures_page, may_look))
    below = (("<slug:name>/", "numerology_file", file_page),)
    add(Page("numerology", "Texts", "texts", "numerology_texts", texts_page, may_look, below))


def _locale(request: HttpRequest) -> str:
    """Raises Http404 for a language in which there is no text."""
    known = browsing.locales()
    locale = request.GET.get("language", known[0])
    if locale not in known:
        raise Http404
    return locale


def _languages(locale: str) -> dict[str, Any]:
    return {"locale": locale, "locales": browsing.locales()}


def _page(request: HttpRequest, template: str, **shown: Any) -> TemplateResponse:
    context = admin.site.each_context(request) | shown
    return TemplateResponse(request, f"admin/numerology/{template}.html", context)
