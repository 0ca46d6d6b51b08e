"""The waist: the catalogue of definitions and the one long table of facts. Rules, notebooks and reports read facts by name."""
