"""The schema's history, one file a step. Applied by ``Database.migrate``."""
