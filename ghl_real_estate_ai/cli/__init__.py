"""The `jorge` command: one file a sub-command."""
