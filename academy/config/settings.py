"""One settings file. What differs between places comes from the environment, and fails loudly."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from academy.accounts.rules import NAMED_BY
from academy.config.logs import configure_logs
from academy.rest.document import ABOUT, TAGS

env = environ.FileAwareEnv()  # NAME_FILE is read where NAME is not set: secrets may be files

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DEMO = env.bool("DEMO", default=False)
DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
IIN_ENCRYPTION_KEY = env.str("IIN_ENCRYPTION_KEY")
IIN_HASH_KEY = env.str("IIN_HASH_KEY")
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
_public = urlsplit(PUBLIC_URL)
_is_local = _public.hostname in {"127.0.0.1", "localhost", "::1", "testserver"}
if DEMO and not _is_local:
    raise ImproperlyConfigured("DEMO is only for a loopback address; PUBLIC_URL is not one.")

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_public.hostname or "127.0.0.1"])
if _is_local:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

INSTALLED_APPS = [
    "enrollment",
    "courses",
    "academy",
    "academy.config.admin.SiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "axes",
    "csp",
    "oauth2_provider",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random: a length tells no secret
    "academy.rest.middleware.RequestIdMiddleware",
    "academy.rest.remembered.RememberedMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "academy.web.middleware.ViewerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "academy.web.middleware.RefusedMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "academy.config.urls"
WSGI_APPLICATION = "academy.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            BASE_DIR / "academy/web/templates",
            BASE_DIR / "academy/pages/templates",
            BASE_DIR / "academy/messages/templates",
            BASE_DIR / "courses/pages/templates",
            BASE_DIR / "enrollment/pages/templates",
            BASE_DIR / "enrollment/reminders/templates",
            BASE_DIR / "enrollment/calendars/templates",
            BASE_DIR / "enrollment/classroom/templates",
        ],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "academy.web.context.shell",
            ],
            "libraries": {"web": "academy.web.tags"},
        },
    }
]

# --- Database: a small pool per process; a request never opens a session of its own -------------
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 0,
    "CONN_HEALTH_CHECKS": False,
    "OPTIONS": {
        "pool": {"min_size": 1, "max_size": env.int("DB_POOL_SIZE", default=2), "timeout": 10},
        "options": "-c lock_timeout=3s -c statement_timeout=60s -c timezone=UTC",
        "server_side_binding": True,
        "prepare_threshold": 3,
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Broker, cache and work in the background ---------------------------------------------------
REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
    }
}

# --- People ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "academy.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "enrollment:start"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "academy.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from HR, nobody types them in
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _is_local
MFA_TOTP_ISSUER = env.str("SERVICE_NAME", default="Judicial Training")
SECOND_FACTOR_REQUIRED = env.bool("SECOND_FACTOR_REQUIRED", default=not DEMO)
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_USERNAME_CALLABLE = "academy.accounts.adapter.name_to_lock"
AXES_IPWARE_PROXY_COUNT = env.int("PROXY_COUNT", default=0)

# The courts' identity provider (docs/sign-in.md). Without an issuer there is no such way in.
SOCIALACCOUNT_ADAPTER = "academy.accounts.identity_provider.Matching"
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
if OIDC_ISSUER and not _is_local and urlsplit(OIDC_ISSUER).scheme != "https":
    raise ImproperlyConfigured("OIDC_ISSUER is an https address.")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_CLIENT_AUTH = env.str("OIDC_CLIENT_AUTH", default="client_secret_basic")  # or ..._post
OIDC_SCOPES = env.list("OIDC_SCOPES", default=["openid", "profile", "email"])
OIDC_CLAIM = env.str("OIDC_CLAIM", default="sub")  # what of the provider's words names a person,
OIDC_MATCHES = env.str("OIDC_MATCHES", default="external_id")  # and what of HR's it must equal

# A service that checks electronic signatures, as the dotted path of its class (docs/sign-in.md).
SIGNATURE_SERVICE = env.str("SIGNATURE_SERVICE", default="")
SIGNATURE_CLAIM = env.str("SIGNATURE_CLAIM", default="sub")
SIGNATURE_MATCHES = env.str("SIGNATURE_MATCHES", default="external_id")
if not {OIDC_MATCHES, SIGNATURE_MATCHES} <= set(NAMED_BY):
    raise ImproperlyConfigured(f"OIDC_MATCHES, SIGNATURE_MATCHES: one of {', '.join(NAMED_BY)}.")

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = env.int("IDLE_MINUTES", default=60) * 60
SESSION_SAVE_EVERY_REQUEST = False  # ViewerMiddleware prolongs a session at most once a minute
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# --- Transport security -------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not _is_local
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not _is_local)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if AXES_IPWARE_PROXY_COUNT else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if _is_local else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not _is_local
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- Languages and time -------------------------------------------------------------------------
# The institution's own languages first; the last is what the source is written in.
_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
LANGUAGES = [
    (code, _NAMES.get(code, code)) for code in env.list("LANGUAGES", default=["kk", "ru", "en"])
]
# Nothing is published before it is written in these (the parity gate).
REQUIRED_LANGUAGES = env.list("REQUIRED_LANGUAGES", default=[code for code, _name in LANGUAGES])
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="ru")
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CERTIFICATE_LANGUAGES = env.list("CERTIFICATE_LANGUAGES", default=["kk", "ru"])
LOCALE_PATHS = [BASE_DIR / "academy/web/locale"]
USE_I18N = True
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Almaty")
# When the courts can be reached, on their own clocks: what an answer window is counted in.
OFFICE_HOURS = env.list("OFFICE_HOURS", default=["09:00-13:00", "14:00-18:00"])
USE_TZ = True
SERVICE_NAME = _("Judicial training")

# --- Static files -------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "var/static")))
STATICFILES_DIRS = [BASE_DIR / "academy/web/static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if env.bool("PLAIN_STATIC", default=False)
        else "academy.web.storage.StaticStorage"
    },
}
STATIC_COMPRESSED = env.bool("STATIC_COMPRESSED", default=True)
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = env.bool("PLAIN_STATIC", default=False)
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "var/files")))
EXPORTS_ROOT = Path(env.str("EXPORTS_ROOT", default=str(BASE_DIR / "var/exports")))
# Whole years after the year of its scanning for which a signed sheet is kept. Five, unless the
# institution's own schedule of records says otherwise: whoever is judged on five years of training
# can have the paper behind it looked at as long as it may be in question.
SCANS_KEPT_YEARS = env.int("SCANS_KEPT_YEARS", default=5)

# --- Questionnaires -----------------------------------------------------------------------------
FEEDBACK_LEAST = env.int("FEEDBACK_LEAST", default=5)  # answers below which nothing is shown

# --- Mail ---------------------------------------------------------------------------------------
vars().update(env.email_url("EMAIL_URL", default="filemail:///" + str(BASE_DIR / "var/mail")))
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="training@example.org")
EMAIL_TIMEOUT = 20
RETURNED_MAIL = env.list("RETURNED_MAIL", default=[])  # maildirs of what arrives for the senders
# Takes text messages ("there is a message for you") as signed webhooks and sends them on as SMS, by
# web push or otherwise; without it there are no text messages.
GATEWAY_URL = env.str("GATEWAY_URL", default="")
GATEWAY_SECRET = (
    env.str("GATEWAY_SECRET") if GATEWAY_URL else ""
)  # whsec_..., as the gateway has it
# Who invites in calendar mails, and where answers to them go: a mailbox of its own if wanted.
CALENDAR_ADDRESS = env.str("CALENDAR_MAIL", default=DEFAULT_FROM_EMAIL)

# --- API ----------------------------------------------------------------------------------------
CLIENT_WRITES_PER_MINUTE = env.int("CLIENT_WRITES_PER_MINUTE", default=60_000)  # 0: no limit
CLIENT_READS_PER_MINUTE = env.int("CLIENT_READS_PER_MINUTE", default=12_000)
ACCOUNT_WRITES_PER_MINUTE = env.int("ACCOUNT_WRITES_PER_MINUTE", default=300)
# Receivers inside the courts' own network, without TLS: for tests and closed networks only.
WEBHOOKS_TO_PRIVATE = env.bool("WEBHOOKS_TO_PRIVATE", default=False)
# Systems of the learning world that are called from here (docs/connectors.md); none by default.
XAPI_ENDPOINT = env.str("XAPI_ENDPOINT", default="")
XAPI_KEY, XAPI_SECRET = env.str("XAPI_KEY", default=""), env.str("XAPI_SECRET", default="")
XAPI_VERBS = env.list("XAPI_VERBS", default=["registered", "attended", "completed", "certified"])
MOODLE_URL, MOODLE_TOKEN = env.str("MOODLE_URL", default=""), env.str("MOODLE_TOKEN", default="")
MOODLE_ROLE = env.int("MOODLE_ROLE", default=5)  # "student", as Moodle is installed
MOODLE_FIELD = env.str("MOODLE_FIELD", default="idnumber")  # of a user there,
MOODLE_PERSON = env.str("MOODLE_PERSON", default="external_id")  # equal to this of a person here
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # who holds it may read /metrics from afar
REST_FRAMEWORK: dict[str, object] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "academy.rest.authentication.SessionViewer",
        "academy.rest.authentication.ClientViewer",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["academy.rest.permissions.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["academy.rest.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["academy.rest.renderers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "academy.rest.schema.Schema",
    "EXCEPTION_HANDLER": "academy.rest.problems.handle",
    "URL_FORMAT_OVERRIDE": None,  # `format` is a word of the catalogue
    "DEFAULT_THROTTLE_RATES": {},
}
OAUTH2_PROVIDER_APPLICATION_MODEL = "academy.Client"
OAUTH2_PROVIDER = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,  # the database knows a token by its digest only
    "SCOPES_BACKEND_CLASS": "academy.clients.scopes.ClientScopes",
    "OAUTH2_VALIDATOR_CLASS": "academy.clients.keys.Validator",
    "ALLOWED_GRANT_TYPES": ["client-credentials"],
    "APPLICATION_ADMIN_CLASS": "academy.admin.ClientAdmin",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Judicial training API",
    "VERSION": "1.0.0",
    "DESCRIPTION": ABOUT,
    "CONTACT": {"name": "The academy's registrar"},
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "SERVERS": [{"url": "/", "description": "This host."}],
    "TAGS": [{"name": name, "description": text} for name, text in TAGS.items()],
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "JobState": "academy.jobs.models.Job.State",
        "WebhookState": "academy.clients.models.Webhook.State",
        "WebhookCallState": "academy.clients.models.Call.State",
        "RunState": "courses.planning.enums.RunState",
        "EnrollmentMode": "courses.planning.enums.EnrollmentMode",
        "PoolScope": "courses.planning.enums.PoolScope",
        "EnrollmentState": "enrollment.seats.enums.State",
        "EnrollmentSource": "enrollment.seats.enums.Source",
        "DecisionKind": "enrollment.decisions.enums.StepKind",
        "MarkStatus": "enrollment.attendance.enums.MarkStatus",
        "OutcomeKind": "enrollment.attendance.enums.OutcomeKind",
    },
}

# --- Logs ---------------------------------------------------------------------------------------
LOGGING = configure_logs(level=env.str("LOG_LEVEL", default="INFO"))
# Warnings about grants with a browser in them (implicit, password, code, refresh): only client
# credentials are served here, and no other grant has an address.
SILENCED_SYSTEM_CHECKS = [f"oauth2_provider.W00{number}" for number in (1, 2, 3, 4, 5, 7, 8)]
