"""List (20 newest), read and create complaints of the tenant that the host name names."""

from datetime import timedelta

from django.urls import include, path
from django.utils import timezone
from rest_framework import pagination, routers, serializers, viewsets

from bench.peers.django_tenants_peer.complaints.models import Complaint


class ComplaintSerializer(serializers.ModelSerializer):
    created = serializers.DateTimeField(required=False)
    due = serializers.DateTimeField(required=False)

    class Meta:
        model = Complaint
        fields = "__all__"

    def create(self, values):
        values.setdefault("created", timezone.now())
        values.setdefault("due", values["created"] + timedelta(hours=48))
        return super().create(values)


class Newest(pagination.CursorPagination):
    page_size = 20
    ordering = "-created"


class Complaints(viewsets.ModelViewSet):
    queryset = Complaint.objects.all()
    serializer_class = ComplaintSerializer
    pagination_class = Newest


router = routers.SimpleRouter(trailing_slash=False)
router.register("api/complaints", Complaints)
urlpatterns = [path("", include(router.urls))]
