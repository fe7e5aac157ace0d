"""How many connections to PostgreSQL a pod may hold."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
# superuser_reserved_connections, streaming standbys and the operator's own, migrations.
RESERVED = 3 + 6 + 3
# Beside the pool: the relay's connection, and the contact service's two consumers.
BESIDE = {"contact": 3, "lead": 1, "opportunity": 1}


def constant(file, pattern):
    found = re.search(pattern, (ROOT / file).read_text())
    if not found:
        raise LookupError(f"{file} does not say {pattern}")
    return found


def connections(service, cpu):
    """Workers, background connections, and what is beside the pool. `cpu` is the request."""
    background = int(constant("common/serving/program.cc", r"kBackgroundConnections = (\d+)")[1])
    own = 0
    if service == "lead":
        numbers = constant("services/lead/rpc/lead_service.cc", r"NeighbourWorkers\(\) \{ return \{([\d, ]+)\}")
        own = sum(map(int, numbers[1].split(",")))
    return workers(cpu) + own + background + BESIDE[service]


def workers(cpu):
    return 4
