"""How a version comes to callers other than at once and for all: at a time, or for a share."""
