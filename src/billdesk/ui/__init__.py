"""The window: Qt widgets over the services and queries of the core."""

from billdesk.ui.interpreter import protect_singletons

# On import, so that nothing that uses Qt can come first.
protect_singletons()
