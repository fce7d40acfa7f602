"""Run logs in: canonical tables, checked, kept in a store."""
