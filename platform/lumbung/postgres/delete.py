"""Delete an instance folder with its database: `python -m lumbung.postgres.delete FOLDER`."""

import shutil
import sys
from pathlib import Path

from lumbung.postgres.cluster import EmbeddedCluster
from lumbung.postgres.errors import PostgresError, explained


def main() -> int:
    """Delete the folder named on the command line; 1, with one line, when that cannot be done."""
    instance = Path(sys.argv[1]).absolute()
    if not instance.exists():
        return 0
    try:
        EmbeddedCluster(instance).destroy()
        with explained(instance):
            shutil.rmtree(instance)
    except PostgresError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
