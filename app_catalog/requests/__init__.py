"""What municipalities ask of an app: bugs, ideas and questions, their votes, and what the publisher makes of them."""
