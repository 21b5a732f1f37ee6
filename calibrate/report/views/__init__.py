"""One view per packet: frozen, and every number already a string."""
