"""A config changed piece by piece, as a form does it: fields, targets, rules. What no form knows stays."""
