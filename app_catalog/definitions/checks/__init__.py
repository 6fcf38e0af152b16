"""What the shape of single files cannot know: references, workflow, expressions, texts, scenarios,
pictures.
"""
