"""Words of libraries that our pages show and that the libraries have not translated everywhere.

Django's Kazakh is incomplete and django-allauth has none. Naming the sentences here puts them into
our own catalogue, which Django asks first. Nothing imports this module: the collector reads it.
"""

from django.utils.translation import gettext_noop as _, ngettext_lazy

SIGNING_IN = (
    _("The username and/or password you specified are not correct."),
    _("Too many failed login attempts. Try again later."),
    _("Be patient, you are sending too many requests."),
    _("This account is currently inactive."),
    _("Incorrect code."),
    _("Incorrect password."),
    _("Please type your current password."),
    _("You must type the same password each time."),
    _("The new value must be different from the current one."),
    _("The password reset token was invalid."),
    _("The email address is not assigned to any user account."),
    _("You cannot deactivate two-factor authentication."),
    _("Username"),
    _("Email"),
    _("Password"),
    _("Password (again)"),
    _("Current Password"),
    _("New Password"),
    _("New Password (again)"),
    _("Code"),
    _("Authenticator code"),
    _("Use your password"),
    _("Use authenticator app or code"),
    _("Use a security key"),
    _("Master key"),
    _("Backup key"),
)

FORMS = (
    _("Enter a valid email address."),
    _("Enter a valid integer."),
    _("Enter a valid duration."),
    _("Enter a valid UUID."),
    _("Enter a complete value."),
    _("Null characters are not allowed."),
    _(
        "File extension “%(extension)s” is not allowed. "
        "Allowed extensions are: %(allowed_extensions)s."
    ),
    ngettext_lazy(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
)

PASSWORDS = (
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        "min_length",
    ),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
    _("The password is too similar to the %(verbose_name)s."),
    _("Your password can’t be too similar to your other personal information."),
    _("This password is too common."),
    _("Your password can’t be a commonly used password."),
    _("This password is entirely numeric."),
    _("Your password can’t be entirely numeric."),
)
