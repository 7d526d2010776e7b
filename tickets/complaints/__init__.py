"""Complaints (投诉): from acceptance to the archive, each step with who and when."""
