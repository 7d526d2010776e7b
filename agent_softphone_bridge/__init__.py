"""Floor 2: the agent's devices and what their browser is told: presence, pops, rings, by push."""
