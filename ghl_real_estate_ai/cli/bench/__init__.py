"""`jorge bench`: what our promises cost, each beside its control in the same run; a file a measurement."""
