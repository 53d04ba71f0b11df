"""What is measured, as pure functions from columns to counts; no file, schema or label is known."""
