"""End to end: `threering run` as a site runs it, a real Asterisk, real SIP phones and callers."""
