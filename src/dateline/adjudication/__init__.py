"""Adjudication: several annotations of a document become gold, case by case."""
