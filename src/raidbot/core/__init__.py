"""Words that every feature shares. Imports the standard library and msgspec, nothing of ours."""
