"""Where this server may be made to send requests: addresses that anybody could reach, and what the operator allows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from .errors import Invalid

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_URL = 2000
EVERYWHERE: tuple[Network, ...] = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))

# Addresses that stand for others: an IPv4 address inside one of these reaches what it names.
_CARRIERS = tuple(
    IPv6Network(text)
    for text in (
        "::/96",
        "::ffff:0:0/96",
        "::ffff:0:0:0/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2001::/32",
        "2002::/16",
    )
)
_INSIDE = tuple(
    ip_network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20", "5f00::/16", "fec0::/10")
)
"""Not for the public either, and not known as that to every Python."""
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?", re.ASCII)
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+))*\.?", re.ASCII)
"""What some resolvers take for an IPv4 address: 127.1, 2130706433, 0x7f.1."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. ``host`` is a name or an address, without brackets."""

    scheme: str
    host: str
    port: int


def target_of(url: str, inside: tuple[Network, ...], *path: str) -> Target:
    """What a URL names; :class:`Invalid` says why it cannot be sent to. ``inside`` are networks that are allowed.

    A name is looked up only when something is sent, and what it stands for is judged by :func:`reachable` then.
    """
    if len(url) > MAX_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise Invalid(f"A URL has at most {MAX_URL} ASCII characters, without spaces.", path=path)
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").lower()
    except ValueError:
        raise Invalid("This is no URL.", path=path) from None
    if parts.scheme not in {"https", "http"} or not host:
        raise Invalid("This is no https:// URL.", path=path)
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Invalid("A URL to send to has neither credentials nor a fragment.", path=path)
    target = Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80))
    _check(target, inside, path)
    return target


def _check(target: Target, inside: tuple[Network, ...], path: tuple[str, ...]) -> None:
    if target.scheme == "http" and not inside:
        raise Invalid("Only https:// is sent to.", path=path)
    if target.port < 1024 and target.port not in {80, 443} and not inside:
        raise Invalid("Ports below 1024 are not sent to, but for 443.", path=path)
    try:
        address = ip_address(target.host)
    except ValueError:
        if not _HOST.fullmatch(target.host) or _NUMERIC.fullmatch(target.host) or len(target.host) > 253:
            raise Invalid("This is no host name.", path=path) from None
        return
    if not reachable(address, target.scheme, inside):
        raise Invalid("This address is not sent to.", path=path)


def reachable(address: Address, scheme: str, inside: tuple[Network, ...]) -> bool:
    """Whether a request may go there: to a public address by https, anywhere inside what the operator allows."""
    if any(address.version == network.version and address in network for network in inside):
        return True
    return scheme == "https" and _public(address)


def _public(address: Address) -> bool:
    if isinstance(address, IPv6Address) and (address.scope_id or any(address in carrier for carrier in _CARRIERS)):
        return False
    if any(address.version == network.version and address in network for network in _INSIDE):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def networks_of(text: str) -> tuple[Network, ...]:
    """Comma-separated networks, such as ``10.0.0.0/8``; ``*`` is every address. ``ValueError`` for anything else."""
    if text.strip() == "*":
        return EVERYWHERE
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
