"""Makes and fills the tenants of django-tenants; run by its own Python: `python -m bench.peer_django TENANTS ROWS`.

Writes the seconds that each tenant took, as JSON, on standard output.
"""

from __future__ import annotations

import json
import os
import sys
import time

from bench.complaints import complaints
from bench.peer_limit import host


def main() -> None:
    """Make the tenants one by one, then fill them."""
    tenants, rows = int(sys.argv[1]), int(sys.argv[2])
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.peers.django_tenants_peer.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django_tenants.utils import schema_context

    from bench.peers.django_tenants_peer.complaints.models import Complaint
    from bench.peers.django_tenants_peer.customers.models import Client, Domain

    call_command("migrate_schemas", "--shared", verbosity=0)
    seconds = []
    for number in range(1, tenants + 1):
        begun = time.perf_counter()
        client = Client(schema_name=f"kota{number:04d}", name=f"Kota {number}")
        client.save(verbosity=0)
        Domain(domain=host(number), tenant=client, is_primary=True).save()
        seconds.append(time.perf_counter() - begun)
        with schema_context(client.schema_name):
            Complaint.objects.bulk_create(
                [
                    Complaint(
                        title=one.title,
                        description=one.description,
                        category=one.category,
                        lat=one.lat,
                        lon=one.lon,
                        created=one.created,
                        due=one.due,
                    )
                    for one in complaints(rows)
                ],
                batch_size=1000,
            )
    json.dump(seconds, sys.stdout)


if __name__ == "__main__":
    main()
