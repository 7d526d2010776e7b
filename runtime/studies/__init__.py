"""Questions about past days, answered by a process of their own at low priority: never by one that
holds calls."""
