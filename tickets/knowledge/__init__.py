"""Known problems and their answers: articles with versions, found and suggested while talking."""
