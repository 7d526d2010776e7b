"""One person across all rooms: her timeline, her export, her erasure."""
