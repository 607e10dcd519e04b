"""A small TCP proxy between a client and an HTTP server that cuts, delays, loses and doubles what goes through it."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto


class Harm(Enum):
    """What is done to one request."""

    NONE = auto()
    REFUSED = auto()  # the connection is reset before anything is sent on
    CUT = auto()  # half of the request arrives
    LOST = auto()  # carried out, and the answer never comes
    HALF = auto()  # carried out, and half of the answer comes
    LATE = auto()  # carried out long after the client gave up
    DOUBLE = auto()  # carried out twice


@dataclass
class Proxy:
    """A running proxy. ``late`` is in seconds; ``settled`` waits until nothing is on the way any more."""

    port: int
    late: float = 0.6
    under_way: int = 0
    done: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settled(self) -> None:
        end = time.monotonic() + 30
        while self.under_way and time.monotonic() < end:
            time.sleep(0.01)

    def count(self, harm: Harm, step: int) -> None:
        with self.lock:
            self.under_way += step
            if step > 0:
                self.done[harm.name] = self.done.get(harm.name, 0) + 1


@contextmanager
def proxy(upstream: int, harm: Callable[[], Harm]) -> Iterator[Proxy]:
    """Pass requests on to a port of this machine; ``harm`` is asked for each."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    made = Proxy(listener.getsockname()[1])
    open_ = True

    def accept() -> None:
        while open_:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_connection, args=(made, client, upstream, harm), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield made
    finally:
        open_ = False
        listener.close()
        made.settled()


def _connection(made: Proxy, client: socket.socket, upstream: int, harm: Callable[[], Harm]) -> None:
    with client, suppress(OSError):
        while request := _message(client):
            what = harm()
            made.count(what, 1)
            try:
                if not _pass(made, client, upstream, request, what):
                    return
            finally:
                made.count(what, -1)


def _pass(made: Proxy, client: socket.socket, upstream: int, request: bytes, what: Harm) -> bool:
    """Whether the connection lives on."""
    if what is Harm.REFUSED:
        _reset(client)
        return False
    if what is Harm.CUT:
        with socket.create_connection(("127.0.0.1", upstream)) as server:
            server.sendall(request[: len(request) // 2])
            _reset(server)
        _reset(client)
        return False
    if what is Harm.LATE:
        time.sleep(made.late)
    if what is Harm.DOUBLE:
        _ask(upstream, request)
    answer = _ask(upstream, request)
    if what in (Harm.LOST, Harm.LATE):
        _reset(client)
        return False
    if what is Harm.HALF:
        client.sendall(answer[: len(answer) // 2])
        _reset(client)
        return False
    client.sendall(answer)
    return True


def _ask(upstream: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", upstream)) as server:
        server.sendall(request)
        return _message(server)


def _reset(one: socket.socket) -> None:
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.close()


def _message(one: socket.socket) -> bytes:
    """One whole request or answer; empty where the other side has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = one.recv(65536)
        if not part:
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        part = one.recv(65536)
        if not part:
            return b""
        body += part
    return head + b"\r\n\r\n" + body
