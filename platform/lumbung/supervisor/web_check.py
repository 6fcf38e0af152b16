"""Whether the address is free, and whether the web answers on it."""

import errno
import http.client
import socket
import ssl
import time

from lumbung.supervisor.errors import SupervisorError

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound.
_ANSWER_SECONDS = 5.0
_SERVER_ERROR = 500


def require_free_port(host: str, port: int, *, patience: float = 2.0) -> None:
    """Return when nobody listens on the port; children of a killed parent get `patience` seconds to leave.

    Raises `SupervisorError` when it stays busy or cannot be used.
    """
    deadline = time.monotonic() + patience
    while True:
        problem = _bind_problem(host, port)
        if problem is None:
            return
        if problem.errno == errno.EADDRINUSE and time.monotonic() < deadline:
            time.sleep(0.1)
            continue
        raise _cannot_listen(host, port, problem)


def _bind_problem(host: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            # Only listening finds a program that itself listens with the same option.
            probe.listen(1)
        except OSError as error:
            return error
    return None


def _cannot_listen(host: str, port: int, problem: OSError) -> SupervisorError:
    if problem.errno == errno.EADDRINUSE:
        return SupervisorError(
            f"Port {port} sudah dipakai program lain. Hentikan, atau jalankan `make run PORT={port + 1}`.",
            f"Port {port} is used by another program. Stop that program, or run `make run PORT={port + 1}`.",
        )
    return SupervisorError(
        f"Alamat {host}:{port} tidak dapat dipakai: {problem.strerror}.",
        f"The address {host}:{port} cannot be used: {problem.strerror}.",
    )


def web_answers(host: str, port: int, *, hub_host: str, secure: bool) -> bool:
    """Whether the hub's readiness page answers without a server error."""
    target = "127.0.0.1" if host in _EVERYWHERE else host
    connection = _connection(target, port, secure=secure)
    try:
        connection.request("GET", "/readyz", headers={"Host": hub_host})
        return connection.getresponse().status < _SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _connection(target: str, port: int, *, secure: bool) -> http.client.HTTPConnection:
    if not secure:
        return http.client.HTTPConnection(target, port, timeout=_ANSWER_SECONDS)
    # It is our own process on this machine, behind a certificate that nobody signed.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(target, port, timeout=_ANSWER_SECONDS, context=context)
