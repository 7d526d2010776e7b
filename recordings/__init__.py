"""Floor 2: audio of talks and voicemails. Joined, measured, stored, found."""
