"""Endpoints of enrolment: ask, answer, decide, mark, finalise, certify."""
