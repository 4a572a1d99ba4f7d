"""A decided reply in, the same in other words out, or the reason to keep the template; `turns/` calls it."""
