"""Which internet addresses a link may lead to.

A link in a document must not make this program ask a machine inside the user's own network (or a cloud's
metadata service) for something. So every name is resolved here, every address it has is checked, and the
connection then goes to a checked address: asking the name service again could give another answer.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system's name service gives them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]).split("%")[0] for entry in found))


def is_public(text: str) -> bool:
    """Whether an address belongs to the public internet, also where IPv6 wraps an IPv4 address."""
    return all(address.is_global and not address.is_multicast for address in _with_inner(text))


def _with_inner(text: str) -> list[Address]:
    address: Address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address in _NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    inner: list[Address] = [address]
    if address.sixtofour is not None:
        inner.append(address.sixtofour)
    if address.teredo is not None:
        inner.extend(address.teredo)
    return inner
