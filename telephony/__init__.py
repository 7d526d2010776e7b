"""Floor 1: Asterisk and nothing else. AMI, AGI, configuration templates, provisioning.

Asterisk's own words (Uniqueid, Linkedid, DIALSTATUS) stop at this floor's upper edge.
"""
