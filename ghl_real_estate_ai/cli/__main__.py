"""`python -m ghl_real_estate_ai.cli`."""

from ghl_real_estate_ai.cli.main import main

if __name__ == "__main__":
    main()
