"""Markdown with escaped values, generated parts of pages, and lists in messages."""
