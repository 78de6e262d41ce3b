"""Nobody makes the service call into the courts' own network."""

import ipaddress
import socket

import pytest

from academy.calls import transport
from tests.academy.clients.receivers import Receiver

INSIDE = [
    "https://127.0.0.1/",
    "https://10.0.0.8/hook",
    "https://172.16.4.4/",
    "https://192.168.1.1:8443/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://0.0.0.0/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[fd00::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[2002:0a00:0001::1]/",
    "https://[64:ff9b::10.0.0.1]/",
    "https://localhost/",
    "https://db.internal/",
]
BROKEN = [
    ("http://example.org/", "not_https"),
    ("ftp://example.org/", "not_https"),
    ("https:///path", "malformed"),
    ("https://user:pass@example.org/", "malformed"),
    ("https://example.org/#part", "malformed"),
    ("https://example.org:99999/", "malformed"),
]


@pytest.mark.parametrize("url", INSIDE)
def test_no_address_inside_is_called(settings, url):
    settings.WEBHOOKS_TO_PRIVATE = False

    assert transport.problem_of(url) == "private"
    with pytest.raises(transport.NotCalled, match="private"):
        transport.post(url, b"{}", {})


@pytest.mark.parametrize(("url", "problem"), BROKEN)
def test_only_plain_https_is_called(settings, url, problem):
    settings.WEBHOOKS_TO_PRIVATE = False

    assert transport.problem_of(url) == problem


@pytest.mark.parametrize("url", ["https://example.org/", "https://93.184.216.34:8443/a?b=c"])
def test_addresses_outside_may_be_called(settings, url):
    settings.WEBHOOKS_TO_PRIVATE = False

    assert transport.problem_of(url) == ""


def test_a_name_that_leads_inside_is_not_called(settings, monkeypatch):
    """One public and one private address: whichever is picked, none is called."""
    settings.WEBHOOKS_TO_PRIVATE = False
    both = [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: both)

    with pytest.raises(transport.NotCalled, match="private"):
        transport.post("https://rebinding.example.org/", b"{}", {})


def test_the_address_that_was_checked_is_the_one_that_is_called(settings, monkeypatch):
    """A name that answers differently the second time changes nothing: it is asked once."""
    settings.WEBHOOKS_TO_PRIVATE = True
    with Receiver() as receiver:
        port = receiver.server.server_port
        answers = [[(0, 0, 0, "", ("127.0.0.1", port))], [(0, 0, 0, "", ("203.0.113.9", port))]]
        real = socket.getaddrinfo
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, *args, **kwargs: (
                answers.pop(0) if host == "woken.example.org" else real(host, *args, **kwargs)
            ),
        )

        reply = transport.post(f"http://woken.example.org:{port}/x", b"{}", {})

    assert (reply.status, len(answers)) == (204, 1)
    assert receiver.calls[0][0]["Host"] == f"woken.example.org:{port}"


def test_no_redirect_is_followed(settings):
    settings.WEBHOOKS_TO_PRIVATE = True
    with Receiver([307]) as receiver:
        assert transport.post(receiver.url, b"{}", {}).status == 307

    assert len(receiver.calls) == 1


def test_a_public_address_is_public():
    assert transport.is_public(ipaddress.ip_address("2606:2800:220:1:248:1893:25c8:1946"))
