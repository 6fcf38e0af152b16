"""Records: values, numbers, history, clocks."""
