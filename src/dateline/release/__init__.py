"""Releases: diff, version, manifest, verification, publishing and hydration."""
