import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.peers.django_tenants_peer.settings")
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
