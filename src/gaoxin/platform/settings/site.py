"""Settings of the site, all from the environment; `docs/platform.md` lists the variables.

What is not set is closed: no debug pages, secure cookies, only the hosts that are named, no script or style from
anywhere but this site, a second factor for everyone.
"""

from __future__ import annotations

from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF

from gaoxin.platform.language import LANGUAGES as SITE_LANGUAGES
from gaoxin.platform.logs import logging_configuration
from gaoxin.platform.settings import environment
from gaoxin.platform.settings.sign_on import openid_connect

HOME = Path(__file__).resolve().parent.parent
DATA = Path(environment.text("SITE", "site")).resolve()
"""The folder of the site: embedded database, uploads, built static files."""

DEBUG = False
SECRET_KEY = environment.required("SECRET_KEY", "`gaoxin serve` 会生成一个 · `gaoxin serve` makes one.")
ALLOWED_HOSTS = environment.listed("HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.listed("ORIGINS")
SECURE = environment.flag("HTTPS", default=True)
"""Whether people reach the site by HTTPS. Without it cookies travel in the clear: only for one's own machine."""

# One line for each app of the platform; what an app brings (addresses, areas, API) is said in its apps.py.
PLATFORM_APPS = (
    "gaoxin.platform.frame",
    "gaoxin.platform.organisations",
    "gaoxin.platform.accounts",
    "gaoxin.platform.audit",
    "gaoxin.platform.uploads",
    "gaoxin.platform.jobs",
    "gaoxin.platform.zones",
    "gaoxin.platform.enterprises",
    "gaoxin.platform.statistics",
    "gaoxin.platform.evaluations",
    "gaoxin.platform.adjustments",
    "gaoxin.platform.measures",
    "gaoxin.platform.reminders",
    "gaoxin.platform.overview",
)
INSTALLED_APPS = [
    *PLATFORM_APPS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "ninja",
    "treebeard",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gaoxin.platform.frame.middleware.RequestNumber",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gaoxin.platform.frame.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gaoxin.platform.accounts.middleware.SessionEnd",
    "gaoxin.platform.accounts.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "gaoxin.platform.accounts.middleware.SecondFactor",
    "gaoxin.platform.access.middleware.CurrentReader",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "gaoxin.platform.urls"
WSGI_APPLICATION = "gaoxin.platform.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["gaoxin.platform.frame.templatetags.frame"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gaoxin.platform.frame.context.frame",
            ],
        },
    }
]
FORM_RENDERER = "gaoxin.platform.frame.forms.Renderer"

# Data -----------------------------------------------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.config(
        env="DATABASE_URL",
        default=f"sqlite:///{DATA / 'site.sqlite3'}",
        conn_max_age=600,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers wait for each other instead of failing; readers never wait (write-ahead log).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Shared by all processes: failed sign-ins are counted here.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    # Of one process: counts of requests.
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "process"},
}
MEDIA_ROOT = DATA / "uploads"
MAX_UPLOAD = environment.number("MAX_UPLOAD_MB", 50) * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_PERMISSIONS = 0o640

# People ---------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", **options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"OPTIONS": {"user_attributes": ("username", "name", "email")}}),
        ("MinimumLengthValidator", {"OPTIONS": {"min_length": 12}}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "gaoxin.platform.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "gaoxin.platform.accounts.forms.SignIn"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,5/15m/key", "login": "60/m/ip"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ALLAUTH_TRUSTED_PROXY_COUNT = environment.number("PROXIES", 1) if environment.text("PROXIES") else 0
USERSESSIONS_TRACK_ACTIVITY = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "gaoxin 高新"
SECOND_FACTOR = environment.text("SECOND_FACTOR", "all", allowed=("all", "administrators", "none"))
"""Who must sign in with a second factor (TOTP)."""

SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_ADAPTER = "gaoxin.platform.accounts.adapters.SingleSignOnAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
_FROM_PROVIDER = "它由身份认证系统给出 · The identity provider gives it."
SOCIALACCOUNT_PROVIDERS = (
    openid_connect(
        environment.text("OIDC_SERVER"),
        environment.required("OIDC_CLIENT", _FROM_PROVIDER),
        environment.required("OIDC_SECRET", _FROM_PROVIDER),
        environment.text("OIDC_NAME", "统一身份认证 · single sign-on"),
    )
    if environment.text("OIDC_SERVER")
    else {}
)

SESSION_IDLE = environment.number("SESSION_IDLE_MINUTES", 30) * 60
SESSION_LONGEST = environment.number("SESSION_HOURS", 12) * 3600
SESSION_COOKIE_AGE = SESSION_IDLE
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "gaoxin_session"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "gaoxin.platform.frame.errors.csrf_failure"

# What the browser may do ----------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if environment.text("PROXIES") else None

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Language and time ----------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = SITE_LANGUAGES
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.text("TIME_ZONE", "Asia/Shanghai")
USE_THOUSAND_SEPARATOR = False

# Mail, logs -----------------------------------------------------------------------------------------------------------

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if environment.text("MAIL_HOST")
    else "django.core.mail.backends.dummy.EmailBackend"  # mail holds links that must not be in a log
)
EMAIL_HOST = environment.text("MAIL_HOST")
EMAIL_PORT = environment.number("MAIL_PORT", 25)
EMAIL_HOST_USER = environment.text("MAIL_USER")
EMAIL_HOST_PASSWORD = environment.text("MAIL_PASSWORD")
EMAIL_USE_TLS = environment.flag("MAIL_TLS", default=False)
DEFAULT_FROM_EMAIL = environment.text("MAIL_FROM", "gaoxin@localhost")
LOGGING_CONFIG = None
LOG_LEVEL = environment.text("LOG_LEVEL", "INFO", allowed=("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = environment.text("LOG_FORMAT", "json", allowed=("json", "text"))
logging_configuration(LOG_LEVEL, LOG_FORMAT)
