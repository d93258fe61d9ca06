"""What pages share that people fill in: forms, pickers, lists to choose from."""
