"""What leads may ask of their own data: queued with its deadline, carried out over every table, and exported."""
