"""Floor 3: files people edit, made into checked values; calendars; the defaults we ship."""
