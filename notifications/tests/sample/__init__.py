"""An imaginary app: its kinds are registered by the tests that need them, its words are found like any app's."""
