"""What may not leave the machine: secrets and personal data are masked, sensitive incidents are told."""
