"""Asterisk's manager: bytes to messages, messages to meaning, and one guarded link.

wire and events are pure; guard and connection hold panoramisk; link is what others use.
"""
