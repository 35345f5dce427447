"""What a person chooses for themselves: language, theme, keyboard."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from desk.access import public, signed_in
from desk.context import THEMES
from desk.forms import BaseForm

YEAR = 365 * 24 * 3600


class PreferencesForm(BaseForm):
    full_name = forms.CharField(label=gettext_lazy("Your name"), max_length=120)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("Of pages and of e-mails to you."),
        choices=[("", gettext_lazy("As my browser asks for")), *settings.LANGUAGES],
        required=False,
    )
    theme = forms.ChoiceField(
        label=gettext_lazy("Appearance"),
        choices=[
            ("", gettext_lazy("As my device is set")),
            ("light", gettext_lazy("Light")),
            ("dark", gettext_lazy("Dark")),
        ],
        required=False,
    )
    shortcuts = forms.BooleanField(label=gettext_lazy("Use single keys as shortcuts"), required=False)


@signed_in
@require_http_methods(["GET", "POST"])
def preferences(request):
    """Show and keep one's own choices: name and language with the person, the rest with the device."""
    chosen = {
        "full_name": request.user.full_name,
        "language": request.user.language,
        "theme": request.COOKIES.get("theme", ""),
        "shortcuts": request.COOKIES.get("shortcuts") != "off",
    }
    form = PreferencesForm(request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        request.user.full_name, request.user.language = form.cleaned_data["full_name"], form.cleaned_data["language"]
        request.user.save(update_fields=["full_name", "language"])
        return _kept(request, form.cleaned_data)
    return render(request, "desk/preferences.html", {"form": form}, status=422 if form.errors else 200)


def _kept(request, choices):
    with translation.override(choices["language"] or request.LANGUAGE_CODE):
        messages.success(request, _("Your preferences were saved."))
    response = redirect("desk:preferences")
    _remember(response, "theme", choices["theme"], readable=True)
    _remember(response, "shortcuts", "" if choices["shortcuts"] else "off")
    return response


@public("anyone may choose how pages look, before signing in")
@require_POST
def theme(request):
    """Keep a theme on this device and go back."""
    response = _back(request)
    if request.POST.get("theme") in THEMES:
        _remember(response, "theme", request.POST["theme"], readable=True)
    return response


@public("anyone may choose a language, before signing in")
@require_POST
def language(request):
    """Keep a language on this device, and with the person who is signed in, and go back."""
    response = _back(request)
    code = request.POST.get("language")
    if code in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, code)
        if request.user.is_authenticated:
            request.user.language = code
            request.user.save(update_fields=["language"])
    return response


def _remember(response, name: str, value: str, *, readable: bool = False) -> None:
    if not value:
        response.delete_cookie(name, samesite="Lax")
        return
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=not readable)


def _back(request) -> HttpResponseRedirect:
    """To where the person was, as long as that is a page of ours."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(target if ours else reverse("desk:home"))
