"""With which secret a system may sign in: the present one, and for a day the one before it."""

from collections.abc import Callable
from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator

from academy.core import clock


class Validator(OAuth2Validator):
    """The toolkit's, which knows one secret per client, asked a second time while two are good."""

    def _authenticate_basic_auth(self, request: Any) -> bool:
        return _with_either_secret(super()._authenticate_basic_auth, request)

    def _authenticate_request_body(self, request: Any) -> bool:
        return _with_either_secret(super()._authenticate_request_body, request)


def _with_either_secret(check: Callable[[Any], bool], request: Any) -> bool:
    if check(request):
        return True
    client = request.client
    if client is None or client.former_until is None or client.former_until <= clock.now():
        return False
    present, client.client_secret = client.client_secret, client.former_secret
    try:
        return check(request)
    finally:
        client.client_secret = present
