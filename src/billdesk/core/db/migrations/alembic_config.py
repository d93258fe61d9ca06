"""Alembic set up in code, so that no ini file has to be found in an installed program."""

import os

from alembic.config import Config
from sqlalchemy import Connection

from billdesk.core.db.migrations import FOLDER, Steps


def alembic_config(steps: Steps, connection: Connection | None = None) -> Config:
    """Alembic's settings for ``steps``; ``connection`` is the open transaction to work in."""
    config = Config()
    # A percent sign in a path would be read as an interpolation.
    folders = os.pathsep.join(str(folder) for folder in steps.folders).replace("%", "%%")
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", folders)
    config.attributes["connection"] = connection
    return config
