"""docs/compose.yaml has the settings that docs/maintaining.md describes; it is not run here."""

from __future__ import annotations

import yaml

from .conftest import REPOSITORY


def test_the_servers_listen_on_this_machine_only():
    compose = yaml.safe_load((REPOSITORY / "docs" / "compose.yaml").read_text(encoding="utf-8"))
    server, database = compose["services"]["label-studio"], compose["services"]["database"]
    assert all(port.startswith("127.0.0.1:") for port in server["ports"])
    assert "ports" not in database
    settings = server["environment"]
    assert settings["LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK"] == "true"
    assert settings["LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN"] == "false"
    assert settings["SSRF_PROTECTION_ENABLED"] == "true"
    assert settings["CSRF_TRUSTED_ORIGINS"].startswith("https://")
    assert settings["POSTGRE_PASSWORD"].startswith("${"), "the file contains a secret"
    mounted = [v.partition(":")[0] for s in (server, database) for v in s["volumes"]]
    assert sorted(mounted) == sorted(compose["volumes"])
