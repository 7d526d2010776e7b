"""Floor 0: the words everyone in the house uses, and what follows from the words alone.

Ids, the facts of a call, the engine's inputs and commands, notices for screens, the clock, the bus.
Pure: knows no socket, no database, no Asterisk.
"""
