"""How BillDesk treats a service it does not own: when to ask, when to wait, when to stop.

Pure: the present and chance are given. ``circuit`` says whether it may be called, ``read_budget``
how often, ``pacing`` when the next look is due; ``policy`` joins them into one state to show.
"""
