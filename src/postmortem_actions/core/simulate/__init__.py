"""Whether an alert would have fired in the incident, and when; and how often it would have cried wolf in a quiet week."""
