"""How amounts, dates, statuses and names look on every page."""

from datetime import UTC, date, datetime
from functools import lru_cache

from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from django import template
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from desk import logs, statuses
from desk import money as amounts

register = template.Library()
# How many of a unit there must be before a distance in time is told in it: 9 days are no week, 36 hours no day.
WHOLE_UNITS = 1.9


@register.filter
def as_input(field):
    """A form's input in our style. Forms of other packages put the label into the placeholder, where it vanishes."""
    widget = field.field.widget
    if "class" in widget.attrs or getattr(widget, "input_type", "") in ("checkbox", "radio", "hidden"):
        return field
    widget.attrs.pop("placeholder", None)
    return field.as_widget(attrs={"class": "input"})


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name, css_class=""):
    """A drawing of the sprite; purely decorative, so say in words beside it what it means."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        css_class,
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def block_text(context, name):
    """What the page put into a block, once more: a page's title is also its heading."""
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return block.nodelist.render(context) if block else ""


@register.simple_tag
def request_reference():
    """The id of this request, by which its log lines are found; also where a page has no request to ask."""
    return logs.request_id.get()


@register.filter
def verb_words(verb):
    """An audited act in words, as its room registered it under `audit_verb:<object>`."""
    look = statuses.badge_for(f"audit_verb:{verb.partition('.')[0]}", verb)
    return str(look.label) if look.label != verb else verb.replace(".", " ").replace("_", " ").capitalize()


@register.filter
def pairs(mapping):
    """(name, value) of everything in it. Of a mapping with something called "items", `.items` would be only that."""
    return list(mapping.items())


@register.filter
def money(amount, currency):
    """Minor units → `$5,000.00`. Blank for no amount."""
    return "" if amount is None or amount == "" else amounts.format(int(amount), currency)


@register.filter
def plain_money(amount, currency):
    """Minor units → `5000.00`, as it would be typed."""
    return "" if amount is None or amount == "" else amounts.plain(int(amount), currency)


@register.filter
def day(value):
    """`Nov 24`, with the year when it is not this one."""
    if not value:
        return ""
    local = _day_of(value)
    skeleton = "MMMd" if local.year == timezone.localdate().year else "yMMMd"
    return _day_words(skeleton, local, amounts.figures())


@register.filter
def full_day(value):
    """`November 24, 2026`."""
    return format_date(_day_of(value), "long", locale=amounts.figures()) if value else ""


@register.simple_tag
def moment(value):
    """`Nov 17, 09:12`, with the whole moment in UTC on hover."""
    if not value:
        return ""
    return _time(value, _moment_words(value))


@register.simple_tag
def relative(value):
    """`in 3 days`, `2 minutes ago`, with the whole moment in UTC on hover."""
    if not value:
        return ""
    distance = _as_moment(value) - timezone.now()
    words = format_timedelta(distance, add_direction=True, locale=amounts.figures())
    return _time(value, words)


@register.simple_tag
def due(value):
    """`in 9 days`, or `3 days late` once it has passed: near a deadline days count, so weeks begin at two of them."""
    if not value:
        return ""
    distance = _as_moment(value) - timezone.now()
    if distance.total_seconds() >= 0:
        ahead = format_timedelta(distance, threshold=WHOLE_UNITS, add_direction=True, locale=amounts.figures())
        return _time(value, ahead)
    late = format_timedelta(-distance, threshold=WHOLE_UNITS, locale=amounts.figures())
    return _time(value, _("%(time)s late") % {"time": late})


@register.simple_tag
def badge(tone, label, icon="", css_class=""):
    """A small pill: icon, words and tone, never the colour alone."""
    return _badge(tone, str(label), icon, css_class)


@register.simple_tag
def status_badge(family, value, css_class=""):
    """The badge of one status, as its room registered it."""
    look = statuses.badge_for(family, value)
    return badge(look.tone, look.label, icon=look.icon, css_class=css_class)


@register.simple_tag
def avatar(name, css_class=""):
    """A tile with a name's initials; decorative, the name stands beside it."""
    return format_html('<span class="ava {}" aria-hidden="true">{}</span>', css_class, initials(name))


@register.filter
def initials(name):
    """`Northwind Couriers` → `NC`."""
    words = [word for word in str(name).replace("@", " ").replace(".", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


@register.simple_tag
def copyable(text, shown=""):
    """An id in monospace with a button that copies it."""
    return format_html(
        '<span class="copyable"><code class="mono">{}</code><button type="button" class="btn btn-g btn-i above" '
        'data-copy="{}" data-copied="{}" aria-label="{}">{}</button></span>',
        shown or text,
        text,
        _("Copied"),
        _("Copy %(text)s") % {"text": text},
        _drawing("copy"),
    )


# The same under a name that no tag's argument hides.
_drawing = icon


# A page of a list says the same few things on every row; putting them into words took half of its time.
@lru_cache(maxsize=512)
def _badge(tone: str, label: str, icon: str, css_class: str) -> str:
    drawing = _drawing(icon) if icon else ""
    return format_html('<span class="badge {}" data-tone="{}">{}{}</span>', css_class, tone, drawing, label)


@lru_cache(maxsize=2048)
def _day_words(skeleton: str, local: date, locale: str) -> str:
    return format_skeleton(skeleton, local, locale=locale)


@lru_cache(maxsize=2048)
def _whole_moment(stamp: datetime, locale: str) -> str:
    return format_datetime(stamp, "medium", tzinfo=UTC, locale=locale)


def _time(value, words):
    stamp = _as_moment(value).astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        stamp.isoformat(timespec="seconds"),
        _whole_moment(stamp, amounts.figures()),
        words,
    )


def _moment_words(value) -> str:
    local = timezone.localtime(_as_moment(value))
    return _("%(day)s, %(time)s") % {"day": day(local), "time": local.strftime("%H:%M")}


def _as_moment(value) -> datetime:
    if isinstance(value, datetime):
        return value if timezone.is_aware(value) else timezone.make_aware(value)
    return timezone.make_aware(datetime.combine(value, datetime.min.time()))


def _day_of(value) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value
