"""The only wiring: where files are, how the log is kept, and one company's application.

Nothing heavy is imported before it is needed: the window paints first, then a worker calls
``open_books`` and ``open_application``.
"""

from billdesk.bootstrap.application import STRIPE_URL_VARIABLE, open_application
from billdesk.bootstrap.books import (
    Books,
    keychain_password,
    open_books,
    system_now,
    system_today,
)
from billdesk.bootstrap.companies import (
    CompanyEntry,
    choose_company,
    companies,
    create_company,
    take_in_company,
)
from billdesk.bootstrap.log_file import start_logging
from billdesk.bootstrap.paths import OWNER_ONLY, Paths, default_folder, paths_in
from billdesk.bootstrap.safety import backup_service, restore_service, safety_of

__all__ = [
    "OWNER_ONLY",
    "STRIPE_URL_VARIABLE",
    "Books",
    "CompanyEntry",
    "Paths",
    "backup_service",
    "choose_company",
    "companies",
    "create_company",
    "default_folder",
    "keychain_password",
    "open_application",
    "open_books",
    "paths_in",
    "restore_service",
    "safety_of",
    "start_logging",
    "system_now",
    "system_today",
    "take_in_company",
]
