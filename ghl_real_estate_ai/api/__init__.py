"""The composition root and the routes: requests come in, answers go out; every slice is joined here."""
