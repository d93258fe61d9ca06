"""Bank statements in the books: import, decide what each line is, undo."""
