"""All settings, from the environment by django-environ. `.env.example` explains every variable."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))

# Which Stripe we talk to. Local Stripe is nothing but another base address.
STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY", default="")
STRIPE_PUBLISHABLE_KEY = env("STRIPE_PUBLISHABLE_KEY", default="")
STRIPE_API_BASE = env("STRIPE_API_BASE", default="https://api.stripe.com")
STRIPE_CONNECT_BASE = env("STRIPE_CONNECT_BASE", default="https://connect.stripe.com")
STRIPE_FILES_BASE = env("STRIPE_FILES_BASE", default="https://files.stripe.com")
STRIPE_CONNECT_JS_URL = env("STRIPE_CONNECT_JS_URL", default="https://connect-js.stripe.com/v1.0/connect.js")
# The platform's OAuth client (ca_…); blank: accounts cannot be connected by OAuth.
STRIPE_CLIENT_ID = env("STRIPE_CLIENT_ID", default="")
STRIPE_JS_URL = env("STRIPE_JS_URL", default="https://js.stripe.com/endive/stripe.js")
STRIPE_LIVE = STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_"))
# Hosts that an account link may lead to; a link to anywhere else is refused.
STRIPE_ONBOARDING_ORIGINS = env.list("STRIPE_ONBOARDING_ORIGINS", default=["https://connect.stripe.com"])
# Which API opens hosted onboarding for accounts made through v2: v1, or v2, which tells by an event who came back.
ACCOUNT_LINKS_API = env("ACCOUNT_LINKS_API", default="v1")
# How much the first form asks: eventually_due at once, or currently_due and the rest when its time comes.
ONBOARDING_COLLECTS = env("ONBOARDING_COLLECTS", default="eventually_due")
# Countries whose Express accounts Stripe gives transfers only beside card payments.
EXPRESS_WITH_CARD_PAYMENTS = env.list("EXPRESS_WITH_CARD_PAYMENTS", default=[])
# One pinned dialect per call family: Stripe renamed fields between versions.
STRIPE_VERSIONS = {
    "v1": env("STRIPE_VERSION_V1", default="2026-10-28.endive"),
    "accounts_v2": env("STRIPE_VERSION_ACCOUNTS_V2", default="2025-09-30.preview"),
    "events_v2": env("STRIPE_VERSION_EVENTS_V2", default="2026-10-28.endive"),
    "account_links_v2": env("STRIPE_VERSION_ACCOUNT_LINKS_V2", default="2026-10-28.endive"),
    # Asked about rules that are not in force yet, which older dialects do not tell.
    "rules_v2": env("STRIPE_VERSION_RULES_V2", default="2026-10-14.preview"),
    # A preview whose flag stands in the same header.
    "programs": env("STRIPE_VERSION_PROGRAMS", default="2026-05-27.preview; issuing_program_beta=v2"),
}
# Signing secrets, one list per kind of endpoint: several while a secret is rolled, none switches the endpoint off.
STRIPE_WEBHOOK_SECRETS = {
    "platform": env.list("STRIPE_WEBHOOK_SECRET_PLATFORM", default=[]),
    "connect": env.list("STRIPE_WEBHOOK_SECRET_CONNECT", default=[]),
    "platform-thin": env.list("STRIPE_WEBHOOK_SECRET_PLATFORM_THIN", default=[]),
    "connect-thin": env.list("STRIPE_WEBHOOK_SECRET_CONNECT_THIN", default=[]),
}
STRIPE_CALLS_PER_SECOND = env.int("STRIPE_CALLS_PER_SECOND", default=40 if STRIPE_LIVE else 10)
# Set after restoring a backup, to the moment of the restore: what stood in it is looked up before it is ever sent.
RESTORED_AT = env("RESTORED_AT", default="")
RESTORED_AT = datetime.fromisoformat(RESTORED_AT).astimezone(UTC) if RESTORED_AT else None
STRIPE_EVENTS = "config.stripe_events.HANDLERS"
STRIPE_EVENTS_FROM_STRANGERS = "config.stripe_events.FROM_STRANGERS"
STRIPE_OPERATIONS = "config.stripe_operations.KINDS"
# (acct_ id) → whether it is one of ours; events about others are quarantined.
STRIPE_ACCOUNT_IS_KNOWN = "accounts.connected_accounts.is_known"
DESK_TABLES = "config.desk_tables"

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env("SITE_URL", default="http://localhost:8000").rstrip("/")
# A host of its own for the pages of businesses, and who may frame them: the platform's own product. Blank: one host.
BUSINESS_SITE_URL = env("BUSINESS_SITE_URL", default="").rstrip("/")
EMBED_FRAME_ANCESTORS = env.list("EMBED_FRAME_ANCESTORS", default=[])
# Keys with which the platform's own product asks for entry links; two while one is being rolled, none switches it off.
EMBED_API_KEYS = env.list("EMBED_API_KEYS", default=[])
if BUSINESS_SITE_URL:
    ALLOWED_HOSTS.append(urlsplit(BUSINESS_SITE_URL).hostname or "")
# Keys for data encrypted at rest, newest first; never derived from SECRET_KEY.
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[])
# The demo: its logins and data may exist only beside local Stripe (checked at start by desk.checks).
DEMO = env.bool("DEMO", default=False)
# Staff must hold a second factor; the demo alone goes without.
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=not DEMO)

if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is blank. `make run` makes one; elsewhere set it, see .env.example.")
if STRIPE_LIVE and DEBUG:
    raise ImproperlyConfigured("A live Stripe key with DEBUG on is refused: errors would show money data to anyone.")
if STRIPE_LIVE and DEMO:
    raise ImproperlyConfigured("A live Stripe key with DEMO on is refused: demo logins have a published password.")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "desk",
    "stripe_gateway",
    "accounts",
    "funding",
    "cards",
    "compliance",
]

MIDDLEWARE = [
    "stripe_gateway.webhooks.WebhookEntrance",
    "desk.middleware.RequestContext",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "desk.middleware.SeparateHosts",
    "desk.middleware.SessionLimits",
    "desk.middleware.PersonalLanguage",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "desk.context.shell",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'issuing_desk.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a read-then-write transaction in the default mode dies with "database is locked" under load.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;",
    }
else:
    # Django's own engine asks the server before each request whether it is there: a third of what an event costs.
    DATABASES["default"]["ENGINE"] = "config.postgresql"
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        "options": "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=15s"
    }

AUTH_USER_MODEL = "desk.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "accounts.backends.MembershipBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
# On once `collectstatic` has run: hashed names that may be cached for ever, and compressed copies.
STATIC_MANIFEST = env.bool("STATIC_MANIFEST", default=False)
WHITENOISE_USE_FINDERS = not STATIC_MANIFEST
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

EMAIL_CONFIG = env.email_url("EMAIL_URL", default=f"filemail:///{VAR_DIR / 'mail'}")
vars().update(EMAIL_CONFIG)
# Seconds. A mail server that hangs must not hold up the page or the sweep that wrote the mail.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Issuing Desk <desk@issuing-desk.test>")

# The queue only wakes workers up; the tables are the queue. So losing every message delays and never loses.
CELERY_BROKER_URL = env("REDIS_URL", default="filesystem://")
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
if CELERY_BROKER_URL.startswith("filesystem:"):
    CELERY_BROKER_TRANSPORT = "config.file_broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(VAR_DIR / "broker" / "queue"),
        "data_folder_out": str(VAR_DIR / "broker" / "queue"),
        "control_folder": str(VAR_DIR / "broker" / "control"),
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_timeout": 3, "socket_connect_timeout": 2}

# Seen by every process, as allauth's throttles and one-time TOTP use must be, and not in Redis: that may be away.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "desk_cache"},
    # Counts that every page shows and that may be seconds old: each process counts for itself.
    "figures": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "figures"},
}

HTTPS = SITE_URL.startswith("https://")
SECURE_SSL_REDIRECT = HTTPS and env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if env.bool("TRUST_X_FORWARDED_PROTO", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of ours stand in front: the client address is that many entries from the right of X-Forwarded-For.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
# Seconds without activity, and in all, after which a session ends.
SESSION_IDLE = {"staff": 15 * 60, "business": 30 * 60}
SESSION_LONGEST = {"staff": 8 * 3600, "business": 12 * 3600}
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "desk.errors.csrf_failure"
LANGUAGE_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
# Pictures of identity documents are passed on to Stripe, never put on a disk, and at most 10 MB are taken of each.
FILE_UPLOAD_HANDLERS = ["desk.uploads.NeverOnDisk"]
UPLOAD_KEPT_BYTES = 10 * 1_048_576
# A form takes two sides, each as a file or from the camera; bots get no more memory than that.
DATA_UPLOAD_MAX_NUMBER_FILES = 4

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # Where a person of a business is sent on to who signed in on the staff's host.
        "form-action": [SELF, BUSINESS_SITE_URL] if BUSINESS_SITE_URL else [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "desk.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ADAPTER = "desk.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

LOG_LEVEL = env("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "desk.logs.RedactSecrets"}},
    "formatters": {"line": {"()": "desk.logs.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["redact"], "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "stripe": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
    },
}

PLATFORM_NAME = env("PLATFORM_NAME", default="Cardwright")
SUPPORT_EMAIL = env("SUPPORT_EMAIL", default="support@issuing-desk.test")

# JSON. Addresses of agreements that are the platform's own or differ from those known: "platform_terms" (its card
# program terms), "financing_disclosure" (its own, for fees of its own), or any key of accounts.details.agreements.
AGREEMENT_URLS = env.json("AGREEMENT_URLS", default={})
# What the platform charges for making a card, which decides on the disclosure: none, per_card (0.10 USD), or own.
CARD_FEE_DISCLOSURE = env("CARD_FEE_DISCLOSURE", default="none")
# Whether cards may be added to Apple Pay, which has terms of its own.
APPLE_PAY_TERMS = env.bool("APPLE_PAY_TERMS", default=False)

# Members of the euro area in which Stripe issues cards.
EURO_AREA = env.str("EURO_AREA", default="AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK").split()
# Card programs a business may be invited to: what Stripe offers per country. Data, so that a new one is a line here.
# `capability` is the path below configuration.card_creator.capabilities of an Account v2.
CARD_PROGRAMS = env.json(
    "CARD_PROGRAMS",
    default=[
        {"capability": "commercial.celtic.spend_card", "countries": ["US"], "name": "Spend card (Celtic Bank)"},
        {"capability": "commercial.celtic.charge_card", "countries": ["US"], "name": "Charge card (Celtic Bank)"},
        {
            "capability": "commercial.cross_river_bank.spend_card",
            "countries": ["US"],
            "name": "Spend card (Cross River Bank)",
        },
        {
            "capability": "commercial.cross_river_bank.charge_card",
            "countries": ["US"],
            "name": "Charge card (Cross River Bank)",
        },
        {"capability": "commercial.stripe.charge_card", "countries": ["GB", *EURO_AREA], "name": "Charge card"},
        {"capability": "commercial.stripe.prepaid_card", "countries": ["GB", *EURO_AREA], "name": "Prepaid card"},
    ],
)
# What staff may request later for an account that can have cards; card programs are given instead. `countries` limits.
REQUESTABLE_CAPABILITIES = env.json(
    "REQUESTABLE_CAPABILITIES",
    default=[
        {"configuration": "recipient", "capability": "stripe_balance.stripe_transfers"},
        {"configuration": "merchant", "capability": "card_payments"},
    ],
)
# Currency of the Issuing balance per country, and the bank calendar that decides when money arrives there.
ISSUING_COUNTRIES = {
    "US": {"currency": "usd", "calendar": "fed"},
    "GB": {"currency": "gbp", "calendar": "uk"},
    **{country: {"currency": "eur", "calendar": "target2"} for country in EURO_AREA},
}
# Caps in minor units. Stripe publishes no ceiling for one top-up; 300,000.00 is the largest known in production.
TOP_UP_LIMITS = env.json(
    "TOP_UP_LIMITS",
    default={"usd": {"minimum": 100, "per_top_up": 30_000_000, "per_account_day": 50_000_000}},
)
ACH_PULL_BUSINESS_DAYS = env.int("ACH_PULL_BUSINESS_DAYS", default=5)
