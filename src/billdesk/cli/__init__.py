"""The command line: one module per command, thin over the services; nothing here loads Qt."""
