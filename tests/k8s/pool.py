"""How many connections to PostgreSQL a pod may hold."""

import math
import pathlib
import re

from pod_environment import quantity

ROOT = pathlib.Path(__file__).resolve().parents[2]
# superuser_reserved_connections, streaming standbys and the operator's own, migrations.
RESERVED = 3 + 6 + 3
# Beside the pool: the relay's connection, two consumers of contact and of lead, one of opportunity, and
# that of who sends to webhooks.
BESIDE = {"contact": 4, "lead": 4, "opportunity": 3}
# Lanes of workers that wait for neighbours, or for conversions.
OWN_LANES = {"contact": 0, "lead": 3, "opportunity": 1}
# Lanes with one worker each, which reads on several connections: of reports.
SINGLE_LANES = {"contact": 0, "lead": 1, "opportunity": 1}


def constant(file, pattern):
    found = re.search(pattern, (ROOT / file).read_text())
    if not found:
        raise LookupError(f"{file} does not say {pattern}")
    return found


def connections(service, cpu):
    """Workers, background connections, and what is beside the pool. `cpu` is the request."""
    background = int(constant("common/serving/part_options.cc", r"kBackgroundConnections = (\d+)")[1])
    of_reports = int(constant("common/serving/part_options.cc", r"kReportConnections = (\d+)")[1])
    least, most, most_own = (
        int(constant("common/serving/cpu.cc", rf"{name} = (\d+)")[1])
        for name in ("kLeastWorkers", "kMostWorkers", "kMostOwnWorkers"))
    workers = min(max(math.ceil(quantity(cpu)), least), most)
    own = min(max(workers // 2, least), most_own)
    return (2 * workers + OWN_LANES[service] * own + of_reports * SINGLE_LANES[service] + background +
            BESIDE[service])
