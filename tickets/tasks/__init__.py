"""Tasks: what people of the house have to do by a certain time, whichever room asked for it."""
