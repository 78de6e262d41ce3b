"""The one domain error. Pages turn it into a notice, the API into a problem document."""

from collections.abc import Mapping, Sequence


class Refused(Exception):
    """The institution says no, and why.

    `code` is stable and compared by tests and clients; `sentence` is for people, in their language;
    `fields` names what to mend, by field. Nothing has changed when it is raised.
    """

    status = 409

    def __init__(
        self, code: str, sentence: object, *, fields: Mapping[str, Sequence[object]] | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.fields = dict(fields or {})

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


class Invalid(Refused):
    """What was sent cannot be read or does not make sense; mend it and send it again."""

    status = 422


class Missing(Refused):
    """There is no such thing for this reader: unknown and forbidden look alike."""

    status = 404


class Forbidden(Refused):
    """The reader may know that the thing exists, but may not do this with it."""

    status = 403


class Busy(Refused):
    """Somebody else is changing the same thing right now; the same call may succeed in a moment."""

    status = 503


class Stale(Refused):
    """The reader acted on an older version of the thing than the present one."""

    status = 412
