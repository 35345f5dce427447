"""The way in from the platform's own product: its server asks for a link, its user's browser follows it."""

import hashlib
import json
import secrets

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.embedding import entry_links
from desk import hosts
from desk.access import public

# The answers to a machine are in one language; its programmers read them.
WRONG_BODY = 'Send JSON: {"account": "acct_…", "user": "member@example.com", "page": "home"}.'
LONGEST = 254


@csrf_exempt
@public("the platform's own product asks, with a key in the place of a session")
@require_POST
@never_cache
def entry_link_create(request):
    """201 with a link for one member; 404 while no key is set, 401 for a wrong one, 422 for what cannot be done."""
    keys = [key for key in settings.EMBED_API_KEYS if key]
    if not keys:
        return HttpResponse(status=404)
    key = _presented(request, keys)
    if key is None:
        refusal = _problem(401, "wrong_key", "Authorization: Bearer <key> is missing or wrong.")
        refusal["WWW-Authenticate"] = "Bearer"
        return refusal
    asked = _asked(request)
    if asked is None:
        return _problem(400, "wrong_body", WRONG_BODY)
    return _issue(key, **asked)


def _presented(request, keys: list[str]) -> str | None:
    """The name of the key that came with the request. Every key is compared whole, so time tells nothing."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    right = [key for key in keys if secrets.compare_digest(key.encode(), given.strip().encode(errors="replace"))]
    if scheme.lower() != "bearer" or not right:
        return None
    return hashlib.sha256(right[0].encode()).hexdigest()[:8]


def _asked(request) -> dict[str, str] | None:
    """What the body asks for, as far as it can be anything at all."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or set(body) != {"account", "user", "page"}:
        return None
    is_text = all(isinstance(text, str) and text.isprintable() and len(text) <= LONGEST for text in body.values())
    return {"ref": body["account"], "email": body["user"].strip(), "page": body["page"]} if is_text else None


def _issue(key: str, *, ref: str, email: str, page: str) -> HttpResponse:
    try:
        url, link = entry_links.issue(ref=ref, email=email, page=page, key_name=key, now=timezone.now())
    except KeyError:
        return _problem(422, "unknown_page", f"page is one of {', '.join(entry_links.PAGES)}.")
    except entry_links.NotAMember:
        return _problem(422, "not_a_member", "Nobody with this address acts for this account.")
    except entry_links.TooMany:
        return _problem(429, "too_many", "Too many links were asked for. Wait a minute.")
    return JsonResponse({"url": url, "expires_at": link.expires_at.isoformat()}, status=201)


def _problem(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)


@public("the single-use link from the platform's own product is what lets a member in")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def entry(request, token):
    """Looking at a link spends nothing, as previews of messages look too; the page's button does, and signs in."""
    if hosts.are_split() and not hosts.is_business(request):
        raise Http404
    return _enter(request, token) if request.method == "POST" else _door(request, token)


def _door(request, token) -> HttpResponse:
    link = entry_links.find_open(token, now=timezone.now())
    if link is None:
        return _closed(request)
    # Whoever is signed in as somebody else is asked: the link could be meant to trick them into another business.
    is_other = request.user.is_authenticated and request.user != link.user
    return render(request, "accounts/embedded/entry.html", {"link": link, "is_other": is_other})


def _enter(request, token) -> HttpResponse:
    try:
        link = entry_links.redeem(token, now=timezone.now(), request=request)
    except entry_links.NotOpen:
        return _closed(request)
    if request.user == link.user:
        return redirect(entry_links.landing(link))
    # Whoever was signed in before leaves nothing behind.
    logout(request)
    # As after a password: a member who has a second factor is asked for it, and nothing counts as proved just now.
    return perform_login(request, link.user, redirect_url=entry_links.landing(link))


def _closed(request) -> HttpResponse:
    return render(request, "accounts/embedded/entry_closed.html", status=410)
