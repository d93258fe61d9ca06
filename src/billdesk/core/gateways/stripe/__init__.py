"""Stripe: the port the workers speak, the facts they get back, and the SDK behind it.

``facts``, ``port``, ``errors``, ``amounts``, ``keys`` and ``links`` are plain Python and cheap to
import. Only ``sdk`` and ``translate`` import the ``stripe`` package; load them when a company with
a key is opened.
"""
