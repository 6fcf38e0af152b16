"""Why Lumbung cannot be started, in words for the person who started it."""


class SupervisorError(Exception):
    """Lumbung cannot start or go on; `str()` is one line for the console, Indonesian first, then English."""

    def __init__(self, indonesian: str, english: str) -> None:
        super().__init__(indonesian, english)
        self.indonesian = indonesian
        self.english = english

    def __str__(self) -> str:
        return f"{self.indonesian} / {self.english}"
