"""Boards: records as cards below their states; moving a card is taking an action."""
