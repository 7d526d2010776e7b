"""Follow-ups (回访): customers asked how it went, by rule, in days, never in their rest time."""
