"""Mail: messages built with the standard library, and SMTP behind a port."""
