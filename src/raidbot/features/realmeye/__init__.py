"""RealmEye: what its pages say about players, asked for by one polite reader for the whole system."""
