"""In come the effects a turn has put in the outbox; out they go to the CRM, each at most once and in order."""
