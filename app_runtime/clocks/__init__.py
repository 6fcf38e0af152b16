"""Deadlines on records: started, met, paused, warned, missed, escalated."""
