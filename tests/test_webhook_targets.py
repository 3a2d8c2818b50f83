"""Where webhooks may be sent: to what anybody could reach, and to what the operator allows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from tramesa.models.domain.errors import Invalid
from tramesa.models.domain.states import InvoiceStatus
from tramesa.models.domain.targets import EVERYWHERE, Target, networks_of, reachable, target_of
from tramesa.models.domain.webhooks import (
    PAUSES,
    WebhookEvent,
    event_of,
    events_of,
    events_text,
    headers_of,
    new_secret,
    pause_after,
    signature,
    target_pause,
)

PUBLIC = ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "172.32.0.1", "100.128.0.1", "169.253.0.1"]
PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:93.184.215.14",
    "::ffff:0:7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_sent_to_by_https_alone(text: str) -> None:
    assert reachable(ip_address(text), "https", ())
    assert not reachable(ip_address(text), "http", ())
    assert reachable(ip_address(text), "http", EVERYWHERE)


@pytest.mark.parametrize("text", PRIVATE)
def test_an_address_inside_is_not_sent_to(text: str) -> None:
    assert not reachable(ip_address(text), "https", ())
    assert reachable(ip_address(text), "http", EVERYWHERE)


def test_an_operator_allows_networks_one_by_one() -> None:
    inside = networks_of("10.1.0.0/16, fd00::/8")

    assert reachable(ip_address("10.1.2.3"), "http", inside)
    assert reachable(ip_address("fd00::1"), "https", inside)
    assert not reachable(ip_address("10.2.0.1"), "http", inside)
    assert not reachable(ip_address("1.1.1.1"), "http", inside)
    assert (networks_of(""), networks_of("*")) == ((), EVERYWHERE)


GOOD = [
    ("https://erp.example.org/hooks?a=1", Target("https", "erp.example.org", 443)),
    ("https://ERP.example.org:8443", Target("https", "erp.example.org", 8443)),
    ("https://xn--fctura-bta.example/", Target("https", "xn--fctura-bta.example", 443)),
    ("https://1.1.1.1/", Target("https", "1.1.1.1", 443)),
    ("https://[2606:4700::1111]:8443/", Target("https", "2606:4700::1111", 8443)),
]


@pytest.mark.parametrize(("url", "target"), GOOD)
def test_a_url_that_anybody_could_reach(url: str, target: Target) -> None:
    assert target_of(url, (), "input", "url") == target


BAD = {
    "": "This is no https:// URL.",
    "erp.example.org": "This is no https:// URL.",
    "ftp://erp.example.org": "This is no https:// URL.",
    "file:///etc/passwd": "This is no https:// URL.",
    "https://": "This is no https:// URL.",
    "https://[::1": "This is no URL.",
    "https://erp.example.org:port/": "This is no URL.",
    "https://erp.example.org:99999/": "This is no URL.",
    "http://erp.example.org/": "Only https:// is sent to.",
    "https://me:secret@erp.example.org/": "A URL to send to has neither credentials nor a fragment.",
    "https://erp.example.org/#a": "A URL to send to has neither credentials nor a fragment.",
    "https://erp.example.org:25/": "Ports below 1024 are not sent to, but for 443.",
    "https://127.0.0.1/": "This address is not sent to.",
    "https://[::1]/": "This address is not sent to.",
    "https://[::ffff:169.254.169.254]/": "This address is not sent to.",
    "https://169.254.169.254/latest/": "This address is not sent to.",
    "https://2130706433/": "This is no host name.",
    "https://0x7f.1/": "This is no host name.",
    "https://127.1/": "This is no host name.",
    "https://017700000001/": "This is no host name.",
    "https://a..example/": "This is no host name.",
    "https://-a.example/": "This is no host name.",
    "https://a_%41.example/": "This is no host name.",
    "https://exa mple.org/": "A URL has at most 2000 ASCII characters, without spaces.",
    "https://exàmple.org/": "A URL has at most 2000 ASCII characters, without spaces.",
    "https://example.org/\r\nx: y": "A URL has at most 2000 ASCII characters, without spaces.",
    "https://example.org\\@127.0.0.1/": "A URL has at most 2000 ASCII characters, without spaces.",
    "https://example.org/" + "a" * 2000: "A URL has at most 2000 ASCII characters, without spaces.",
}


@pytest.mark.parametrize(("url", "message"), BAD.items(), ids=range(len(BAD)))
def test_a_url_that_is_not_sent_to(url: str, message: str) -> None:
    with pytest.raises(Invalid) as refused:
        target_of(url, (), "input", "url")

    assert (refused.value.message, refused.value.path) == (message, ("input", "url"))


@given(st.text(max_size=40).map(lambda text: f"https://{text}") | st.text(max_size=60))
def test_whatever_is_given_is_a_target_or_refused(url: str) -> None:
    try:
        target = target_of(url, ())
    except Invalid:
        return
    assert target.scheme == "https"


def test_inside_an_allowed_network_http_and_any_port_are_good() -> None:
    assert target_of("http://10.0.0.7:81/", networks_of("10.0.0.0/8")) == Target("http", "10.0.0.7", 81)
    with pytest.raises(Invalid):
        target_of("http://192.168.0.7/", networks_of("10.0.0.0/8"))


def test_the_signature_is_that_of_the_rules() -> None:
    # The example of the Standard Webhooks libraries.
    at = datetime.fromtimestamp(1614265330, UTC)
    signed = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}'
    )

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_request_is_good_by_both_secrets_while_they_rotate() -> None:
    new, former = new_secret(), new_secret()
    headers = headers_of([new, former], "msg_1", datetime.now(UTC), b"{}")

    assert Webhook(new).verify(b"{}", headers) == {}
    assert Webhook(former).verify(b"{}", headers) == {}


def test_pauses_grow_for_about_a_day() -> None:
    assert [pause_after(attempts, 0.0) for attempts in range(1, 9)] == [*PAUSES, None]
    assert timedelta(hours=24) < sum(PAUSES, timedelta()) < timedelta(hours=30)
    assert all(PAUSES[0] <= (pause_after(1, Random(n).random()) or PAUSES[0]) <= PAUSES[0] * 1.2 for n in range(20))
    assert [target_pause(count).total_seconds() for count in (1, 2, 6, 7, 99)] == [5, 30, 3600, 3600, 3600]


def test_every_state_is_an_event() -> None:
    events = [event_of(status) for status in InvoiceStatus]

    others = {WebhookEvent.INVOICE_CANCELLATION_CHANGED, WebhookEvent.WEBHOOK_TEST}
    assert sorted({*events, *others}) == sorted(WebhookEvent)
    assert events_of(events_text(events)) == tuple(sorted(events))
    assert (events_text(None), events_of(None), events_of("invoice.of_a_later_version")) == (None, None, ())
