"""Corpora of other fields, languages and layers, with texts and labels written for the tests."""
