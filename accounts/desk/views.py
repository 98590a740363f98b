from typing import Any
from urllib.parse import quote

from django.contrib.auth import logout, update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from accounts.desk import standing
from accounts.desk.forms import CodeForm
from accounts.desk.site import Desk
from accounts.factors import proofs, services
from accounts.factors.active import Factor, factors_of
from accounts.factors.errors import SecondFactorInvalid
from accounts.factors.proofs import Proof
from accounts.factors.ways import totp
from accounts.models import User
from numerai.common.errors import DomainError


@never_cache
@csrf_protect
@sensitive_post_parameters("code")
def second_factor(request: HttpRequest, site: Desk) -> HttpResponse:
    """Asks an operator for the second factor, or leads who has none through setting one up."""
    if not site.is_operator(request):
        return site.to_login(request)
    if site.has_permission(request):
        return HttpResponseRedirect(site.after(request))
    if "leave" in request.POST:
        logout(request)
        return site.to_login(request)
    user = User.objects.get(pk=str(request.user.pk))
    if factors := factors_of(user.pk):
        return _ask(request, site, user, factors)
    return _enrol(request, site, user)


def _ask(request: HttpRequest, site: Desk, user: User, factors: list[Factor]) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if form.is_valid() and _accepted(form, lambda: _spend(request, user, form.proof)):
        standing.note(request)
        return HttpResponseRedirect(site.after(request))
    return _page(request, site, form, factors=[factor.value for factor in factors])


def _enrol(request: HttpRequest, site: Desk, user: User) -> HttpResponse:
    form = CodeForm(request.POST or None)
    codes: list[str] = []
    if form.is_valid() and _accepted(form, lambda: codes.extend(_add(request, user, form.proof))):
        # A new factor has ended all logins, this one included.
        update_session_auth_hash(request, user)
        standing.note(request)
        return _page(request, site, form, codes=codes)
    begun = _begun(request, user)
    picture = f"data:image/svg+xml,{quote(begun.qr_svg)}"
    return _page(request, site, form, secret=begun.secret, picture=picture)


def _begun(request: HttpRequest, user: User) -> totp.Enrolment:
    begun = totp.begun_by(user)
    if begun is None or not standing.is_shown(request, begun.secret):
        begun = totp.enrol(user)
        standing.note_shown(request, begun.secret)
    return begun


def _accepted(form: CodeForm, act: Any) -> bool:
    try:
        act()
    except DomainError as refused:
        form.add_error("code", refused.detail)
        return False
    return True


def _spend(request: HttpRequest, user: User, proof: Proof) -> None:
    proofs.count(request, user, proof.factor)
    try:
        with transaction.atomic():
            proofs.spend(user, proof)
    except SecondFactorInvalid as refused:
        proofs.keep_failure(user, proof.factor, refused)
        raise


def _add(request: HttpRequest, user: User, proof: Proof) -> list[str]:
    proofs.count(request, user, Factor.TOTP)
    try:
        return services.add_app(user, proof.code)
    except SecondFactorInvalid as refused:
        proofs.keep_failure(user, Factor.TOTP, refused)
        raise


def _page(request: HttpRequest, site: Desk, form: CodeForm, **shown: Any) -> HttpResponse:
    context = {**site.each_context(request), "title": "Second factor", "form": form, "onward": site.after(request)}
    return TemplateResponse(request, "admin/accounts/second_factor.html", context | shown)
