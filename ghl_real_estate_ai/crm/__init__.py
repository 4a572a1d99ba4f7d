"""In come messages, tags, fields and notes that are due; out they go to the CRM, and its answer goes to delivery."""
