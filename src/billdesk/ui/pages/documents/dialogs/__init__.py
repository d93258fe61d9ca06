"""Questions asked before something happens to a document."""
