"""Which bot process serves which shards: one at a time, and another that waits to take over."""
