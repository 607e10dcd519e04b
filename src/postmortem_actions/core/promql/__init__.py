"""The part of PromQL that alert rules use, evaluated in process; tested to agree with promtool."""
