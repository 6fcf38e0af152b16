"""The public interface for programs: what a municipality publishes, as JSON, and what a citizen may send in."""
