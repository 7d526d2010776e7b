"""Floor 2: what becomes of a call. Rules that open or join a ticket, due times in working hours."""
