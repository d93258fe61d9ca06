"""What ``billdesk doctor`` looks at, one small check after the other; none changes anything."""
