"""What the process behind `make run` takes from its surroundings, and what it keeps there."""

from pathlib import Path

import pytest
from cryptography import x509

from lumbung.supervisor import SupervisorError, SupervisorSettings, children
from lumbung.supervisor.environment import with_secret_key
from lumbung.supervisor.lan import lan_host, self_signed_certificate


def test_the_heartbeat_of_the_web_stays_off_the_disk_where_memory_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = SupervisorSettings(instance=tmp_path)
    monkeypatch.setattr(children, "_WORKER_FOLDER", tmp_path)
    assert "--worker-tmp-dir" in children.web_child(settings, None).command
    monkeypatch.setattr(children, "_WORKER_FOLDER", tmp_path / "not-there")
    assert "--worker-tmp-dir" not in children.web_child(settings, None).command


def test_a_certificate_is_kept_until_the_address_changes(tmp_path: Path) -> None:
    made = self_signed_certificate(tmp_path, host=lan_host("192.168.1.5"), address="192.168.1.5")
    first = made.certificate.read_bytes()
    names = x509.load_pem_x509_certificate(first).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert "*.192-168-1-5.sslip.io" in names.value.get_values_for_type(x509.DNSName)
    self_signed_certificate(tmp_path, host=lan_host("192.168.1.5"), address="192.168.1.5")
    assert made.certificate.read_bytes() == first
    self_signed_certificate(tmp_path, host=lan_host("192.168.1.6"), address="192.168.1.6")
    assert made.certificate.read_bytes() != first


@pytest.mark.parametrize("value", ["abc", "0", "70000", "-1", "8000.5"])
def test_a_port_that_is_none_gets_one_clear_line(value: str) -> None:
    with pytest.raises(SupervisorError, match=r"PORT harus angka .* / PORT must be"):
        SupervisorSettings.from_environment({"PORT": value})


def test_the_secret_key_is_made_once(tmp_path: Path) -> None:
    first = with_secret_key(tmp_path, {})["SECRET_KEY"]
    assert len(first) >= 60
    assert with_secret_key(tmp_path, {})["SECRET_KEY"] == first
    assert with_secret_key(tmp_path, {"SECRET_KEY": "given"})["SECRET_KEY"] == "given"
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
