"""Where an API key may be used from: networks, as an admin writes them."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from collector.foundation.errors import BadInput

Network = IPv4Network | IPv6Network
MOST = 50
"""Networks of one key."""


def networks(words: Iterable[str]) -> tuple[Network, ...]:
    """Networks or single addresses; one that is none is a `BadInput` that names it, and so is one with bits beside its
    mask (10.0.0.7/8), for nobody knows what was meant."""
    found: list[Network] = []
    for word in words:
        try:
            found.append(ip_network(word))
        except ValueError as error:
            raise BadInput(f"{word[:60]} is no address and no network; write 203.0.113.7 or 203.0.113.0/24") from error
    if len(found) > MOST:
        raise BadInput(f"a key takes at most {MOST} addresses or networks")
    return tuple(found)


def admits(listed: str, address: str) -> bool:
    """Whether a key with this list (by comma; empty: from anywhere) may be used from this address. An IPv4 address that
    came as IPv6 is the IPv4 address; something that is no address is never on a list."""
    if not listed:
        return True
    try:
        came = ip_address(address)
    except ValueError:
        return False
    if isinstance(came, IPv6Address) and came.ipv4_mapped is not None:
        came = came.ipv4_mapped
    return any(came in network for network in networks(listed.split(",")))
