"""Floor 2: who is calling. Numbers, customers, look-up, the screen-pop, call records."""
