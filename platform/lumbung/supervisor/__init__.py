"""The process behind `make run`: database, migrations, web and worker, started and stopped together."""

from lumbung.supervisor.environment import open_environment
from lumbung.supervisor.errors import SupervisorError
from lumbung.supervisor.process import run
from lumbung.supervisor.settings import Step, SupervisorSettings

__all__ = ["Step", "SupervisorError", "SupervisorSettings", "open_environment", "run"]
