"""The slot for a service that checks electronic signatures; an institution fills it with its own.

Empty by default: then there is no such way in. How to write one: docs/sign-in.md.
"""

from collections.abc import Mapping
from typing import Protocol


class SignatureService(Protocol):
    """Says who signed a text, by asking whoever issues the certificates."""

    def verify(self, *, challenge: str, signature: str) -> Mapping[str, object] | None:
        """What the signer's certificate says, as claims; None where the signature does not hold.

        It holds when it is over exactly this text, and the certificate is trusted, meant for
        signing in, not over and not revoked now. Raises `OSError` when the service is away.
        """


_services: list[SignatureService] = []


def check_signatures_by(service: SignatureService | None) -> None:
    """Fill the slot, or empty it."""
    _services[:] = [service] if service else []


def signature_service() -> SignatureService | None:
    """What checks signatures here, if anything does."""
    return _services[0] if _services else None
