"""Asterisk itself: its settings as values, its configuration rendered, its process kept.

``Instance(settings, root)`` is the door: render, start, wait until booted, stop.
"""
