"""Sends what storage.outgoing keeps: letters by SMTP, events to webhooks."""
