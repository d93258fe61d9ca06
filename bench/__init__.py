"""Speed, measured beside a floor in the same run: ``python -m bench`` (``make bench``).

Absolute times say more about the machine than about the program, so each figure stands beside the
least work that could do the same (raw sqlite3, an empty Qt window, a bare PDF), done in turns with
it, and the ratio is what is judged. Nothing here is a test: a busy machine must not fail a build.
"""
