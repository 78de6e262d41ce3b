"""The closed lists of what a run's people share."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Diet(TextChoices):
    """What a kitchen has to know; everything else is said in words."""

    VEGETARIAN = "vegetarian", _("Vegetarian")
    VEGAN = "vegan", _("Vegan")
    HALAL = "halal", _("Halal")
    KOSHER = "kosher", _("Kosher")
    GLUTEN_FREE = "gluten_free", _("Without gluten")
    LACTOSE_FREE = "lactose_free", _("Without lactose")
    DIABETIC = "diabetic", _("For diabetics")
