"""The front door: wires the core, then each domain. Nothing imports it."""
