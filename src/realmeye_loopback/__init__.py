"""A RealmEye on this machine: players' pages built as the site builds them, with content of our own."""
