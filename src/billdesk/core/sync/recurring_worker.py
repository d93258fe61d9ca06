"""Makes the documents that are due by themselves."""

import logging

from billdesk.core.domain.errors import StaleVersion, TemporaryError, UserError
from billdesk.core.services.recurring import RecurringRunService

log = logging.getLogger(__name__)


class RecurringWorker:
    """Takes each template by itself: one that cannot be done does not hold up the others."""

    def __init__(self, runs: RecurringRunService) -> None:
        self._runs = runs

    def run_due(self) -> int:
        """Make what is due right now; how many documents were made."""
        return sum(self._run(template_id) for template_id in self._runs.due_templates())

    def _run(self, template_id: int) -> bool:
        try:
            return self._runs.make_due(template_id) is not None
        except (StaleVersion, TemporaryError) as error:
            log.info("recurring template %s is tried again later: %s", template_id, error)
            return False
        except UserError as error:
            reason = str(error)
        try:
            # What cannot be issued is left for the owner to finish.
            return self._runs.make_due(template_id, only_draft=reason) is not None
        except UserError as error:
            log.warning("recurring template %s cannot be made: %s", template_id, error)
            return False
