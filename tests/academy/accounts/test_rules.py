import pytest

from academy.accounts.rules import named


@pytest.mark.parametrize(
    ("claims", "claim", "by", "value"),
    [
        ({"sub": " J-77 "}, "sub", "external_id", "J-77"),
        ({"sub": "J-77"}, "personnel_number", "employee_number", ""),
        ({"personnel_number": 42}, "personnel_number", "employee_number", ""),
        ({"email": "a@court.example"}, "email", "email", ""),
        ({"email": "a@court.example", "email_verified": "yes"}, "email", "email", ""),
        ({"email": "a@court.example", "email_verified": True}, "email", "email", "a@court.example"),
    ],
)
def test_what_a_statement_names_somebody_by(claims, claim, by, value):
    assert named(claims, claim=claim, by=by) == value
