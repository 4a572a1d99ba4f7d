"""How the trained model is made from labelled messages: `make train` writes the same weights again from the same cases."""
