"""Whom to contact, how and when: cadence, 3:3:3, tasks, priority, capacity."""
