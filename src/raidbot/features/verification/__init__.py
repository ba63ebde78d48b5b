"""Members show that an IGN is theirs: by a code on RealmEye, or by a screenshot that staff review."""
