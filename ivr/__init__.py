"""Floor 2: trees, their validator and interpreter (pure), prompts and speech."""
