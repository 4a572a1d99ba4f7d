"""The feedback loops: what one part learned changes what another does."""
