"""The worker: a door. A timetable rings, jobs do what is due (design section 4)."""
