"""What makes a personal identification number well formed. Pure."""

FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
ORGANISATION_MARKS = "456"  # fifth digit of a business number


def iin_problem(value: str) -> str | None:
    """Why this is not a Kazakh individual identification number; None when it is one.

    Twelve digits, the last a check digit: weights 1 to 11, modulo 11; when that gives 10 a second
    pass with shifted weights; when that gives 10 too, the number was never issued. Nothing about
    birth date or sex may be concluded from the digits (government decree 853, 26 August 2013).
    Answers a code: `length`, `digits`, `organisation`, `check_digit`.
    """
    if not value.isascii() or not value.isdigit():
        return "digits"
    if len(value) != 12:
        return "length"
    if value[4] in ORGANISATION_MARKS:
        return "organisation"
    digits = [int(character) for character in value]
    check = _weighted(digits, FIRST_WEIGHTS)
    if check == 10:
        check = _weighted(digits, SECOND_WEIGHTS)
    return None if check == digits[11] else "check_digit"


def _weighted(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False)) % 11


def masked(value: str) -> str:
    """The form in which a number may be shown: the first four and last two digits."""
    return f"{value[:4]}{'*' * 6}{value[-2:]}" if len(value) == 12 else "*" * len(value)
