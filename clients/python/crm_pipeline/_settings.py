"""Where the servers are and who calls: given, from the environment, or from a stack file."""

import dataclasses
import os
import pathlib
import re
import threading
import time
import typing

SERVERS = ("contact", "lead", "opportunity")
_IDENTITY = re.compile(r"[A-Za-z0-9._@:-]+")
_VARIABLES = {
    "contact": "CRM_CONTACT_ADDRESS", "lead": "CRM_LEAD_ADDRESS", "opportunity": "CRM_OPPORTUNITY_ADDRESS",
    "tenant": "CRM_TENANT", "actor": "CRM_ACTOR", "tls_ca": "CRM_TLS_CA", "tls_cert": "CRM_TLS_CERT",
    "tls_key": "CRM_TLS_KEY"}


@dataclasses.dataclass
class Settings:
    """`contact`, `lead`, `opportunity`: "host:port" or another target of gRPC. With `tls_ca`, the file of
    the authority to trust, by TLS; `tls_cert` and `tls_key` for servers that want to know who connects.
    A token says who calls; without one `tenant` and `actor` do, to servers that believe them."""
    contact: str = ""
    lead: str = ""
    opportunity: str = ""
    tenant: str = ""
    actor: str = ""
    token: str = ""
    token_file: str = ""
    tls_ca: str = ""
    tls_cert: str = ""
    tls_key: str = ""

    @classmethod
    def find(cls, stack: typing.Optional[str] = None, **given: str) -> "Settings":
        """What is not given comes from the environment, then from the stack file: `stack`, CRM_STACK, or
        deploy/local/run/stack.env if it is there; a folder means its stack.env. ValueError when a
        file that was named cannot be read."""
        named = stack or os.environ.get("CRM_STACK", "")
        from_file = _read_stack(named)
        found = cls(**given)
        for field, variable in _VARIABLES.items():
            value = getattr(found, field) or os.environ.get(variable) or from_file.get(variable, "")
            setattr(found, field, value)
        # The one that was said closest to the call, whichever of the two it is.
        for place in (None, os.environ, from_file):
            if found.token or found.token_file:
                break
            if place is not None:
                found.token, found.token_file = place.get("CRM_TOKEN", ""), place.get("CRM_TOKEN_FILE", "")
        found.check()
        return found

    def check(self) -> None:
        for name, most in (("tenant", 64), ("actor", 128)):
            value = getattr(self, name)
            if value and (len(value) > most or not _IDENTITY.fullmatch(value)):
                raise ValueError(f"{name}: letters, digits and . _ @ : - only, at most {most} characters")
        if (self.token or self.token_file) and not self.tls_ca:
            for server in SERVERS:
                if not stays_here(getattr(self, server)):
                    raise ValueError(f"the token would go to the {server} service in plain text; give tls_ca")


def _read_stack(named: str) -> typing.Dict[str, str]:
    path = pathlib.Path(named or "deploy/local/run")
    if path.is_dir():
        path = path / "stack.env"
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        if named:
            raise ValueError(f"{path} cannot be read") from error
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def stays_here(target: str) -> bool:
    """Whether what is sent there leaves this machine not."""
    if not target or target.startswith("unix:"):
        return True
    target = re.sub(r"^(dns:///|ipv4:|ipv6:)", "", target)
    hosts = [address.rpartition(":")[0].strip("[]") for address in target.split(",")]
    return all(host in ("localhost", "::1") or re.fullmatch(r"127\.\d+\.\d+\.\d+", host) for host in hosts)


class Identity:
    """Who calls, as the metadata of each call. Thread-safe."""

    def __init__(self, settings: Settings):
        self._file = "" if settings.token else settings.token_file
        self._lock = threading.Lock()
        self._token = settings.token
        self._looked = time.monotonic()
        self._metadata = (("x-crm-tenant", settings.tenant or "default"),
                          ("x-crm-actor", settings.actor or "anonymous"))
        if self._file:
            self._token = _read_token(self._file)
        self._set()

    def _set(self):
        if self._token:
            self._metadata = (("authorization", f"Bearer {self._token}"),)

    def metadata(self):
        """A token file is looked at again with a call that comes a second or more after the last look."""
        if self._file and time.monotonic() - self._looked >= 1:
            self.refresh()
        return self._metadata

    def refresh(self) -> bool:
        """Whether the file now has another token. While it cannot be read, the one before stays."""
        if not self._file:
            return False
        with self._lock:
            self._looked = time.monotonic()
            try:
                token = _read_token(self._file)
            except (OSError, ValueError):
                return False
            changed, self._token = token != self._token, token
            self._set()
            return changed


def _read_token(path: str) -> str:
    token = pathlib.Path(path).read_text().strip()
    if not re.fullmatch(r"[!-~]+", token):
        raise ValueError(f"{path} holds no token")
    return token
