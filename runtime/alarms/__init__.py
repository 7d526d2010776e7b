"""Alarms by threshold: looked for beside the floor, told to boards, webhooks and by mail."""
