"""Municipalities: claims, approval, activation, appearance."""
