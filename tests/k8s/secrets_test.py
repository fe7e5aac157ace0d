"""make-secrets: what it keeps, what it makes anew, and that the users of Redis may do what they need."""

import pathlib
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

from servers import Servers, redis

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
    ("crm-lead", ("WATCH", "{stream}"), "lead", True),
    ("crm-lead", ("WATCH", "{stream}"), "contact", False),
    ("crm-lead", ("MULTI",), "lead", True),
    ("crm-lead", ("EXEC",), "lead", True),
    ("crm-lead", ("CLIENT", "SETNAME", "x"), "lead", True),
    ("crm-lead", ("ROLE",), "lead", True),
    ("crm-lead", ("FLUSHALL",), "lead", False),
    ("crm-lead", ("CONFIG", "GET", "*"), "lead", False),
    ("probe", ("PING",), "lead", True),
    ("probe", ("XRANGE", "{stream}", "-", "+"), "lead", False),
]


@unittest.skipUnless(shutil.which("redis-server"), "redis-server is not installed")
class RedisUsersTest(OverlayCase):
    """A real Redis with the users that make-secrets wrote."""

    def setUp(self):
        super().setUp()
        overlay = self.overlay("postgres-trial", "redis-trial")
        make(overlay)
        self.passwords = passwords_of(overlay)
        # The user "default" is off: the test judges as a user of its own.
        users = (overlay / "secrets/users.acl").read_text() + "user judge on nopass allcommands\n"
        servers = Servers(self.folder)
        self.addCleanup(servers.close)
        self.port = servers.start_redis(
            (ROOT / "deploy/k8s/base/redis/redis.conf").read_text(), users)

    def test_each_may_do_what_it_needs_and_no_more(self):
        wrong = []
        for user, words, stream, may in COMMANDS:
            command = [word.format(stream=STREAM.format(stream)) for word in words]
            answer = redis(self.port, "judge", "any", "ACL", "DRYRUN", user, *command)
            if (answer.strip() == "OK") != may:
                wrong.append((user, command, answer.strip()))
        self.assertEqual(wrong, [])

    def test_passwords_count(self):
        password = self.passwords["redis_lead"]
        self.assertIn("PONG", redis(self.port, "crm-lead", password, "PING"))
        self.assertIn("WRONGPASS", redis(self.port, "crm-lead", "wrong", "PING"))
        self.assertNotIn("PONG", redis(self.port, "default", password, "PING"))


if __name__ == "__main__":
    unittest.main()
