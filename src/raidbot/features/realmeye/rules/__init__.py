"""The decisions about RealmEye. Pure: pages, facts and times in, facts and verdicts out."""
