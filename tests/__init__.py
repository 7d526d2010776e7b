"""Tests: one folder a kind; conftest in each says which."""
