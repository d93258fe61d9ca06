"""Bank statements: the bytes of a file in, frozen facts out. Nothing here touches the books."""
