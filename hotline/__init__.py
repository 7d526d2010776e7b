"""Floor 3: the caller's session from greeting to survey, and whatever crosses floor 2's rooms."""
