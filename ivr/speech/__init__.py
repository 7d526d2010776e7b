"""How a prompt becomes audio files: grammar (pure), pieces, voices, and the book a session asks.

Nothing here knows of calls or trees; the session asks ``book.PromptBook`` and plays what it gets.
"""
