"""The scripts of redis-sentinel: three servers and three Sentinels on loopback addresses, each with the
host name and the names of a cluster; the primary is killed, a replica takes over, the killed one
follows."""

import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from servers import SECONDS, Servers, await_true

K8S = pathlib.Path(__file__).resolve().parents[2] / "deploy/k8s"
SCRIPTS = K8S / "components/redis-sentinel"
# Of a network of its own, for another run may go on beside this one.
NETWORK = f"127.{random.randrange(64, 255)}.{random.randrange(255)}"
ADDRESSES = {f"crm-{kind}-{index}.crm-{kind}": f"{NETWORK}.{10 * number + index + 1}"
             for number, kind in enumerate(("redis", "sentinel")) for index in range(3)}
# A Sentinel that got no CPU for two seconds trusts nothing for thirty (TILT).
PATIENCE = 240
# Sees the names, and has a host name, without a trace on the machine.
AS_POD = 'mount --make-rprivate / && mount --bind "$1" /etc/hosts && hostname "$2" && shift 2 && exec "$@"'


def can_unshare():
    return subprocess.run(["unshare", "-m", "-u", "mount", "--make-rprivate", "/"], check=False,
                          capture_output=True).returncode == 0


def cli(address, port, *words, user=None, password="any"):
    login = ["--no-auth-warning", "--user", user, "--pass", password] if user else []
    done = subprocess.run(["redis-cli", "--raw", "-h", address, "-p", str(port), *login, *words],
                          capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.stdout.strip() or done.stderr.strip()


@unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed")
@unittest.skipUnless(os.geteuid() == 0 and can_unshare(), "names of its own need root and unshare")
class SentinelTest(unittest.TestCase):
    def setUp(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="crm-sentinel-"))
        self.addCleanup(shutil.rmtree, folder)
        self.servers = Servers(folder)
        self.addCleanup(self.servers.close)
        self.folder = folder
        (folder / "hosts").write_text("127.0.0.1 localhost\n" + "".join(
            f"{address} {name} {name.split('.')[0]}\n" for name, address in ADDRESSES.items()))
        (folder / "kustomization.yaml").write_text("components:\n  - ../components/postgres-trial\n"
                                                   "  - ../components/redis-sentinel\n")
        subprocess.run([sys.executable, K8S / "make-secrets", folder], check=True, timeout=SECONDS)
        self.passwords = dict(line.split("=", 1) for line in
                              (folder / "secrets/passwords").read_text().splitlines())

    def start(self, name):
        """Starts the pod of that name (again); its data stay."""
        kind = name.split("-")[1]
        data = self.folder / name
        data.mkdir(exist_ok=True)
        text = (K8S / "base/redis/redis.conf").read_text()
        text = text.replace("/etc/redis/users.acl", str(self.folder / "secrets/users.acl"))
        (data / "given.conf").write_text(text.replace("dir /data", f"dir {data}"))
        variables = {"PATH": os.environ["PATH"], "CRM_BIND": ADDRESSES[f"{name}.crm-{kind}"],
                     "CRM_CONFIG": str(data / "given.conf"), "CRM_WRITTEN": str(data / "redis.conf"),
                     "CRM_DATA": str(data), "CRM_REPLICA_PASSWORD": self.passwords["redis_replica"],
                     "CRM_SENTINEL_PASSWORD": self.passwords["redis_sentinel"]}
        # Killed at the end: a replica that writes its first AOF refuses SIGTERM.
        return self.servers.start(name, ["unshare", "-m", "-u", "sh", "-c", AS_POD, "sh",
                                         self.folder / "hosts", name, "sh", SCRIPTS / f"{kind}.sh"],
                                  variables, stop=signal.SIGKILL)

    def primary(self):
        """What most Sentinels say, or None when they do not agree."""
        answers = [cli(ADDRESSES[f"crm-sentinel-{index}.crm-sentinel"], 26379, "SENTINEL",
                       "GET-MASTER-ADDR-BY-NAME", "crm").split("\n")[0] for index in range(3)]
        best = max(answers, key=answers.count)
        return best if best in ADDRESSES and answers.count(best) == 3 else None

    def add(self, server):
        return cli(ADDRESSES[server], 6379, "XADD", "crm:stage-events:lead:0", "*", "seq", "1",
                   user="crm-lead", password=self.passwords["redis_lead"])

    def taken(self):
        server = self.primary()
        return server is not None and self.add(server)[:1].isdigit()

    def length(self, server):
        return cli(ADDRESSES[server], 6379, "XLEN", "crm:stage-events:lead:0", user="analyst",
                   password=self.passwords["redis_analyst"])

    def test_a_replica_takes_over(self):
        pods = {name.split(".")[0]: self.start(name.split(".")[0]) for name in ADDRESSES}
        sentinel = ADDRESSES["crm-sentinel-0.crm-sentinel"]
        await_true("a quorum with two replicas", lambda: cli(
            sentinel, 26379, "SENTINEL", "CKQUORUM", "crm").startswith("OK 3")
            and cli(sentinel, 26379, "SENTINEL", "REPLICAS", "crm").count("crm-redis-") >= 4, PATIENCE)
        await_true("the first write", self.taken, PATIENCE)
        first = self.primary()
        self.assertEqual(first, "crm-redis-0.crm-redis")
        pods["crm-redis-0"].kill()
        pods["crm-redis-0"].wait()
        await_true("the failover", lambda: self.primary() not in (None, first), PATIENCE)
        await_true("a write after it", self.taken, PATIENCE)
        second = self.primary()
        self.start("crm-redis-0")
        await_true("the return as a replica",
                   lambda: self.length(first) == self.length(second), PATIENCE)
        self.assertIn("READONLY", self.add(first))

    def test_nobody_may_reconfigure_a_sentinel(self):
        self.start("crm-redis-0")
        self.start("crm-sentinel-0")
        address = ADDRESSES["crm-sentinel-0.crm-sentinel"]
        await_true("the Sentinel", lambda: cli(address, 26379, "PING") == "PONG")
        for words in (("SENTINEL", "REMOVE", "crm"), ("SENTINEL", "FAILOVER", "crm"),
                      ("SENTINEL", "CONFIG", "GET", "*"), ("SHUTDOWN",)):
            self.assertIn("NOPERM", cli(address, 26379, *words))


if __name__ == "__main__":
    unittest.main()
