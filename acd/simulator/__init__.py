"""The engine on story time: a day told again, or told otherwise. Never in the process that holds
calls: runtime/studies runs it in a worker."""
