"""What each picture says, in a sentence for those who hear the page."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from enrollment.figures.enums import Picture

TILES = gettext_lazy(
    "Each tile is a region, placed among its neighbours, with the share of people in post who"
    " completed a course."
)


SHARED = gettext_lazy(
    "Academic hours of everybody who completed a run that began in the month. Those of a course on"
    " several topics are shared equally among them."
)


SAYS: Mapping[Picture, Promise] = {
    Picture.COVERAGE: gettext_lazy(
        "Of the people in post, how many completed a course whose run began in the year."
    ),
    Picture.SEATS: gettext_lazy(
        "How many places were asked for, how many were given and how many of them were used."
    ),
    Picture.HOURS: gettext_lazy("How many academic hours were completed, month by month."),
    Picture.DECISIONS: gettext_lazy(
        "How many days pass from a request to its last opinion, consent or ruling."
    ),
    Picture.NO_SHOWS: gettext_lazy(
        "Of those who had a place, the share that did not come and the share that was excused."
    ),
    Picture.LANGUAGES: gettext_lazy(
        "In which languages runs are held, and for how many people that is their own language."
    ),
}
