"""Renderers: exhibits, sentences and facts become pages; nothing is computed here."""
