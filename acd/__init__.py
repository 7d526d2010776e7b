"""Floor 2: the engine that chooses an agent for a caller, three rings at a time, and says why."""
