"""Settings of the whole product, from `MAINSTAY_*` in the environment only; each has a default that runs.

`docs/settings.md` has a heading for each, and a test keeps it so.
"""

from __future__ import annotations

from pathlib import Path

import mainstay.lib.sqlite  # noqa: F401  must come before django.db: it exchanges the SQLite library
from mainstay.lib import environment as env
from mainstay.lib.secret import installation_secret
from mainstay.phone.signature import key_of

HERE = Path(__file__).resolve().parent

DATA = Path(env.text("DATA", "./data")).resolve()
DATABASES = {"default": env.database(env.text("DATABASE_URL"), data=DATA)}
BIND = env.text("BIND", "127.0.0.1:8000")
BASE_URL = env.text("BASE_URL", f"http://{BIND.replace('0.0.0.0', '127.0.0.1')}").rstrip("/")
MAIL_OUT = env.text("MAIL_OUT")
MAIL_IN = env.listing("MAIL_IN")
SMTP_LISTEN = env.text("SMTP_LISTEN")
SUPPORT_ADDRESS = env.text("SUPPORT_ADDRESS", "support@localhost")
SUPPORT_PHONE = env.text("SUPPORT_PHONE")
AGREEMENT = env.text("AGREEMENT", "standard")
REFERENCE_PREFIX = env.text("REFERENCE_PREFIX", "MST")
TRUSTED_AUTHSERV_ID = env.text("TRUSTED_AUTHSERV_ID")
TELEPHONE_REGION = env.text("TELEPHONE_REGION", "GB").upper()
TELEPHONE_SECRETS = env.listing("TELEPHONE_SECRET")
for _secret in TELEPHONE_SECRETS:
    key_of(_secret)  # one that cannot be used stops the start, not the first call
PRIVATE_PROVIDERS = frozenset(one.lower() for one in env.listing("PRIVATE_PROVIDERS"))
DEMO = env.flag("DEMO")
DEBUG = env.flag("DEBUG")

SECRET_KEY = installation_secret(env.text("SECRET_KEY"), data=DATA)
_HOST = env.url(BASE_URL, name="BASE_URL", schemes=("http", "https"))
ALLOWED_HOSTS = [_HOST.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"{_HOST.scheme}://{_HOST.netloc}"]
SECURE = _HOST.scheme == "https"

ROOMS = [
    "jobs", "outbox", "orgs", "contracts", "tickets", "clocks", "views", "escalation", "mail", "phone",
    "releases", "feedback", "knowledge", "writing", "screens", "console", "portal",
]  # fmt: skip
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
    "django_htmx",
    *[f"mainstay.{room}" for room in ROOMS],
    "mainstay.wiring.Wiring",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "orgs.Person"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "mainstay.screens.nul.NoNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mainstay.screens.sessions.LiveSessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "mainstay.urls"
WSGI_APPLICATION = "mainstay.wsgi.application"

_CONTEXT = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "mainstay.screens.brands.dressed",
    "mainstay.screens.accounts.ways",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "console",
        "DIRS": [HERE / "console" / "jinja", HERE / "screens" / "jinja"],
        "OPTIONS": {"environment": "mainstay.console.environment.environment"},
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "portal",
        "DIRS": [HERE / "portal" / "jinja", HERE / "screens" / "jinja"],
        "OPTIONS": {"environment": "mainstay.portal.environment.environment"},
    },
    {
        # allauth's own pages are written in Django's template language.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "screens" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": _CONTEXT},
    },
]

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
ACCOUNT_ADAPTER = "mainstay.screens.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/5m/ip,5/5m/key",
    # Whoever types a stranger's address has letters sent there: a few an hour, whichever form they come by.
    "reset_password": "20/m/ip,3/5m/key,6/h/key",
    "request_login_code": "20/m/ip,3/5m/key,6/h/key",
}
ACCOUNT_FORMS = {
    "request_login_code": "mainstay.screens.accounts.CodeForm",
    "reset_password": "mainstay.screens.accounts.ResetForm",
}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60  # seconds: the letter goes through the outbox and a mail server or two
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # seconds: a colleague who is invited to the desk may work nights
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_TOTP_ISSUER = "Mainstay"

# Rate limits and sessions must hold across processes, so the cache is a table, not a process's memory.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "lib_cache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = False  # the console's scripts send it back as a header
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SECURE else 0
X_FRAME_OPTIONS = "SAMEORIGIN"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'self'"],
        "manifest-src": ["'self'"],
    }
}

# Beside what comes with a room, a translation of one's own. A demonstration lives inside the desk's folder.
LOCALE_PATHS = [(DATA.parent if DEMO else DATA) / "locale"]
LANGUAGE_CODE = env.language(env.text("LANGUAGE", "en-gb"), folders=LOCALE_PATHS)
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
# Files are served from the rooms themselves: no collectstatic step stands between a clone and a running desk.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 26_214_400
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# Mainstay's own mail goes through the outbox; only allauth's account mail uses Django's, and it is put in there too.
EMAIL_BACKEND = "mainstay.outbox.django_mail.OutboxBackend"
DEFAULT_FROM_EMAIL = SUPPORT_ADDRESS

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "mainstay.lib.logs.Line", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO").upper()},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "uvicorn.access": {"level": "WARNING"},
        "mail.log": {"level": "WARNING"},  # aiosmtpd tells addresses at INFO
    },
}
