"""Markdown and HTML that show untrusted text as text."""
