"""Questions about bank lines and statements."""
