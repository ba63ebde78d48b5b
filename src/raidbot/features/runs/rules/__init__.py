"""The decisions of runs. Pure: what is and who asks in, a refusal or nothing out."""
