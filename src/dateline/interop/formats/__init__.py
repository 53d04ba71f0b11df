"""The formats, a module each; `dateline.interop.registry` lists them."""
