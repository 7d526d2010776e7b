"""How fast and how lean, measured beside app_queue on the same Asterisk. Figures, never tests."""
