"""make-secrets: what it keeps, what it makes anew, and that the users of Redis may do what they need."""

import pathlib
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "deploy/k8s/make-secrets"


def make(overlay, *options):
    return subprocess.run([sys.executable, SCRIPT, *options, overlay], capture_output=True,
                          text=True, timeout=60, check=False)


def passwords_of(overlay):
    lines = (overlay / "secrets/passwords").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


class OverlayCase(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="crm-secrets-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def overlay(self, *components):
        rows = "".join(f"  - ../../components/{name}\n" for name in components)
        (self.folder / "kustomization.yaml").write_text(f"components:\n{rows}  - secrets\n")
        return self.folder


class MakeSecretsTest(OverlayCase):
    def test_keeps_passwords_and_gives_none_to_others(self):
        overlay = self.overlay("postgres-trial", "redis-trial")
        self.assertEqual(make(overlay).returncode, 0)
        before = {path.name: path.read_text() for path in (overlay / "secrets").iterdir()}
        self.assertEqual(make(overlay).returncode, 0)
        after = {path.name: path.read_text() for path in (overlay / "secrets").iterdir()}
        self.assertEqual(before, after)
        for path in (overlay / "secrets").iterdir():
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)

    def test_rotates_what_is_named(self):
        overlay = self.overlay("postgres-trial", "redis-trial")
        make(overlay)
        before = passwords_of(overlay)
        self.assertEqual(make(overlay, "--rotate", "crm_lead", "--rotate", "redis_lead").returncode, 0)
        changed = {name for name, value in passwords_of(overlay).items() if before[name] != value}
        self.assertEqual(changed, {"crm_lead_app", "crm_lead_relay", "crm_lead_migrate",
                                   "crm_lead_readonly", "redis_lead"})
        self.assertIn(passwords_of(overlay)["crm_lead_app"],
                      (overlay / "secrets/lead.env").read_text())

    def test_asks_for_stores_that_are_elsewhere(self):
        overlay = self.overlay("network-policies")
        done = make(overlay)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("--postgres", done.stderr)
        self.assertEqual(make(overlay, "--postgres", "a,b", "--redis", "r:6379").returncode, 0)
        url = (overlay / "secrets/lead.env").read_text()
        self.assertIn("@a,b/crm?target_session_attrs=read-write&sslmode=require", url)

    def test_speaks_of_sentinels(self):
        overlay = self.overlay("postgres-cnpg", "redis-sentinel")
        make(overlay)
        text = (overlay / "secrets/lead.env").read_text()
        self.assertRegex(text, r"CRM_REDIS_URL=redis\+sentinel://crm-lead:\w+@crm-sentinel-0\.crm-sentinel"
                               r":26379,crm-sentinel-1\S*,crm-sentinel-2\S*:26379/crm\n")
        self.assertIn("sslmode=verify-full&sslrootcert=/etc/crm/postgres/ca.crt", text)

    def test_git_ignores_all_of_it(self):
        done = subprocess.run(["git", "check-ignore", "-q",
                               "deploy/k8s/overlays/local/secrets/passwords"], cwd=ROOT, check=False)
        self.assertEqual(done.returncode, 0)


STREAM = "crm:stage-events:{}:0"
ADD = ("XADD", "{stream}", "1-1", "seq", "1")
# user, command, stream, whether it may
COMMANDS = [
    (user, command, stream, user == f"crm-{stream}")
    for user in ("crm-contact", "crm-lead", "crm-opportunity", "analyst")
    for stream in ("contact", "lead", "opportunity")
    for command in (ADD, ("XTRIM", "{stream}", "MINID", "~", "1", "LIMIT", "0"), ("DEL", "{stream}"))
] + [
    (user, command, stream, True)
    for user in ("crm-contact", "crm-lead", "crm-opportunity", "analyst")
    for stream in ("contact", "lead", "opportunity")
    for command in (("XREAD", "COUNT", "1", "STREAMS", "{stream}", "0"),
                    ("XRANGE", "{stream}", "-", "+"), ("XREVRANGE", "{stream}", "+", "-"),
                    ("XINFO", "STREAM", "{stream}"), ("XINFO", "GROUPS", "{stream}"))
] + [
    ("analyst", ("XREADGROUP", "GROUP", "g", "c", "STREAMS", "{stream}", ">"), "lead", True),
    ("analyst", ("XACK", "{stream}", "g", "1-1"), "lead", True),
    ("analyst", ("XGROUP", "DESTROY", "{stream}", "g"), "lead", False),
    ("analyst", ("EVAL", "return 1", "0"), "lead", False),
    ("crm-lead", ("SCRIPT", "LOAD", "return 1"), "lead", True),
    ("crm-lead", ("EVALSHA", "x", "1", "{stream}"), "lead", True),
    ("crm-lead", ("EVALSHA", "x", "1", "{stream}"), "contact", False),
    ("crm-lead", ("CLIENT", "SETNAME", "x"), "lead", True),
    ("crm-lead", ("ROLE",), "lead", True),
    ("crm-lead", ("FLUSHALL",), "lead", False),
    ("crm-lead", ("CONFIG", "GET", "*"), "lead", False),
    ("probe", ("PING",), "lead", True),
    ("probe", ("XRANGE", "{stream}", "-", "+"), "lead", False),
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed")
class RedisUsersTest(OverlayCase):
    """A real Redis with the users that make-secrets wrote."""

    def setUp(self):
        super().setUp()
        overlay = self.overlay("postgres-trial", "redis-trial")
        make(overlay)
        self.passwords = passwords_of(overlay)
        self.port = str(free_port())
        text = (ROOT / "deploy/k8s/base/redis/redis.conf").read_text()
        text = text.replace("/etc/redis/users.acl", str(overlay / "secrets/users.acl"))
        text = re.sub(r"^dir .*", f"dir {self.folder}", text, flags=re.M)
        # The user "default" is off: the test judges as a user of its own.
        acl = overlay / "secrets/users.acl"
        acl.write_text(acl.read_text() + "user judge on nopass allcommands allkeys\n")
        (self.folder / "redis.conf").write_text(text + f"port {self.port}\nbind 127.0.0.1\n")
        server = subprocess.Popen(["redis-server", self.folder / "redis.conf"],
                                  stdout=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        deadline = time.monotonic() + 30
        while "PONG" not in self.call("probe", "any", "PING"):
            self.assertLess(time.monotonic(), deadline, "Redis does not start")
            time.sleep(0.05)

    def call(self, user, password, *words):
        done = subprocess.run(["redis-cli", "-p", self.port, "--no-auth-warning", "--user", user,
                               "--pass", password, *words], capture_output=True, text=True,
                              timeout=30, check=False)
        return done.stdout + done.stderr

    def test_each_may_do_what_it_needs_and_no_more(self):
        wrong = []
        for user, words, stream, may in COMMANDS:
            command = [word.format(stream=STREAM.format(stream)) for word in words]
            answer = self.call("judge", "any", "ACL", "DRYRUN", user, *command)
            if (answer.strip() == "OK") != may:
                wrong.append((user, command, answer.strip()))
        self.assertEqual(wrong, [])

    def test_passwords_count(self):
        password = self.passwords["redis_lead"]
        self.assertIn("PONG", self.call("crm-lead", password, "PING"))
        self.assertIn("WRONGPASS", self.call("crm-lead", "wrong", "PING"))
        self.assertNotIn("PONG", self.call("default", password, "PING"))


if __name__ == "__main__":
    unittest.main()
