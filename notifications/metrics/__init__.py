"""How telling people goes, in figures: for Prometheus, and for operators."""
