"""Floor 4: wiring only. Roles, processes, web application, health, command line."""
