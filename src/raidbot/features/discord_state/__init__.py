"""What Discord shows, as far as the record must know it: the members' mapped roles."""
