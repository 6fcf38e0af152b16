"""Me too: people who join what somebody else has reported already."""
