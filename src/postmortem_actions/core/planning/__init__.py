"""From merged candidates to a plan: prioritise, cut, order, own, schedule, cover, validate, track."""
