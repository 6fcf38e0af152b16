"""What an app shows in the live room: layers, counters, indicators, and what happens now."""
