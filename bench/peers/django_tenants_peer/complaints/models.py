from django.db import models


class Complaint(models.Model):
    title = models.CharField(max_length=200)
    description = models.TextField()
    category = models.CharField(max_length=60)
    state = models.CharField(max_length=20, default="open", db_index=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    data = models.JSONField(default=dict)
    created = models.DateTimeField(db_index=True)
    due = models.DateTimeField(db_index=True)
    priority = models.IntegerField(default=3)

    class Meta:
        ordering = ["-created"]
