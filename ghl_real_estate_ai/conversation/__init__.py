"""The nouns that every slice shares; nothing comes in and nothing goes out."""
