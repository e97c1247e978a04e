"""The timetable and the jobs it rings: a door."""
