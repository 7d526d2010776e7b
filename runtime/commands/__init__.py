"""One file a command of `threering`: each takes what it needs, prints what a person reads."""
