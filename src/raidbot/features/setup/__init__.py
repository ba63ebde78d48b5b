"""The first configuration of a server, step by step, and the look over it at any time."""
