"""How the embedded server is set: address, settings of PostgreSQL, environment."""

import socket

from lumbung.postgres.errors import PostgresError

HOST = "127.0.0.1"
_NO_DURABILITY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


def server_settings(port: int, *, durable: bool) -> dict[str, str]:
    """Settings of PostgreSQL; without `durable` a crash of the machine may lose everything."""
    return {
        "port": str(port),
        "listen_addresses": HOST,
        "unix_socket_directories": "",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # Compiling a query costs more than it saves at the sizes that an embedded server is for.
        "jit": "off",
        # Details quote the values of rows; the log is no place for people's data.
        "log_error_verbosity": "terse",
        **({} if durable else _NO_DURABILITY),
    }


def server_environment() -> dict[str, str]:
    """Messages in English whatever the machine speaks, because they are read, and no PG… variables."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def free_port(wanted: object) -> int:
    """`wanted` when it is a port that nobody listens on, else one that the system picks.

    Raises `PostgresError` when there is none.
    """
    for port in (wanted, 0):
        if not isinstance(port, int):
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
                # Only listening finds a program that itself listens with the same option.
                probe.listen(1)
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise PostgresError("Tidak ada port yang bebas di mesin ini.", "There is no free port on this machine.")
