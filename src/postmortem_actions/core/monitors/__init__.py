"""Alert rules of Prometheus told in the words of other monitoring: Datadog monitors and CloudWatch alarms."""
