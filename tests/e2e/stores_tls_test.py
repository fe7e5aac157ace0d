"""A program on stores that speak TLS and know passwords only: PostgreSQL by sslmode=verify-full and
SCRAM, Redis by stunnel and ACL. Whoever shows another certificate, or another password, is refused."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["CRM_SOURCE_DIR"])
PROGRAM = pathlib.Path(os.environ["CRM_BINARY_DIR"]) / "bin/crm-lead"
sys.path.insert(0, str(SOURCE / "tests/k8s"))
from servers import SECONDS, Servers, await_true, free_port, redis  # noqa: E402

PASSWORD = "c0rrect0rse"


def openssl(folder, *words):
    subprocess.run(["openssl", *map(str, words)], cwd=folder, check=True, capture_output=True,
                   timeout=SECONDS)


def make_ca(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.crt")


def sign(folder, ca, name, hosts):
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
    (folder / f"{name}.ext").write_text(f"subjectAltName={hosts}\n")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.crt", "-CAkey", f"{ca}.key",
            "-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.crt")


class StoresTls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="crm-tls-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.servers = Servers(cls.folder)
        cls.addClassCleanup(cls.servers.close)
        for ca in ("ca", "stranger"):
            make_ca(cls.folder, ca)
        sign(cls.folder, "ca", "store", "IP:127.0.0.1,DNS:localhost")
        cls.start_postgres()
        cls.start_redis()

    @classmethod
    def start_postgres(cls):
        cls.port = cls.servers.start_postgres("postgres", PASSWORD)
        data = cls.folder / "postgres/data"
        for end in ("crt", "key"):
            shutil.copy(cls.folder / f"store.{end}", data / f"server.{end}")
            os.chmod(data / f"server.{end}", 0o600)
            if os.geteuid() == 0:
                shutil.chown(data / f"server.{end}", "postgres", "postgres")
        # Nobody without TLS, nobody without a password.
        (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        cls.sql("postgres", "ALTER SYSTEM SET ssl TO on; SELECT pg_reload_conf()")
        for service in ("contact", "lead", "opportunity"):
            cls.sql("crm", f"\\set service {service}\n\\i {SOURCE}/deploy/postgres/bootstrap.sql")
        for role in ("app", "relay", "migrate"):
            cls.sql("crm", f"ALTER ROLE crm_lead_{role} PASSWORD '{PASSWORD}'")

    @classmethod
    def sql(cls, database, text):
        # ALTER SYSTEM runs in no transaction: a statement at a time.
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", cls.url("postgres", database=database)],
                       input=text, text=True, check=True, capture_output=True, timeout=SECONDS)

    @classmethod
    def start_redis(cls):
        users = "".join(f"{user} {PASSWORD}\n" for user in ("crm-contact", "crm-lead", "analyst"))
        acl = subprocess.run([SOURCE / "deploy/redis/acl.sh"], input=users, text=True, check=True,
                             capture_output=True, timeout=SECONDS).stdout
        plain = cls.servers.start_redis((SOURCE / "deploy/k8s/base/redis/redis.conf").read_text(), acl)
        cls.tls_port = cls.start_stunnel("server", connect=f"127.0.0.1:{plain}",
                                         cert=cls.folder / "store.crt", key=cls.folder / "store.key")
        cls.redis_port = cls.tunnel()
        await_true("the tunnel", lambda: "PONG" in redis(cls.redis_port, "probe", "any", "PING"))

    @classmethod
    def tunnel(cls, ca="ca", host="localhost"):
        """A client's end; returns its port."""
        return cls.start_stunnel("client", connect=f"127.0.0.1:{cls.tls_port}",
                                 CAfile=cls.folder / f"{ca}.crt", checkHost=host)

    @classmethod
    def start_stunnel(cls, end, **values):
        port = free_port()
        text = (SOURCE / f"deploy/redis/stunnel-{end}.conf").read_text()
        for name, value in {**values, "accept": f"127.0.0.1:{port}"}.items():
            text, count = re.subn(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.M)
            assert count == 1, name
        path = cls.folder / f"stunnel-{port}.conf"
        path.write_text(text)
        cls.servers.start(f"stunnel-{port}", ["stunnel", path])
        await_true("stunnel's start", lambda: "Configuration successful" in cls.servers.log(f"stunnel-{port}"))
        return port

    @classmethod
    def url(cls, role, password=PASSWORD, mode="prefer", ca="ca", host="127.0.0.1", database="crm"):
        tls = f"?sslmode={mode}"
        if mode == "verify-full":
            tls += f"&sslrootcert={cls.folder}/{ca}.crt"
        return f"postgresql://{role}:{password}@{host}:{cls.port}/{database}{tls}"

    def run_program(self, *words, database, redis_url=None):
        environment = {"PATH": os.environ["PATH"], "CRM_DATABASE_URL": database, "HOME": "/nonexistent"}
        if redis_url:
            environment["CRM_REDIS_URL"] = redis_url
        done = subprocess.run([PROGRAM, *words], env=environment, capture_output=True, text=True,
                              check=False, timeout=SECONDS)
        return done.returncode, done.stdout + done.stderr

    def redis_url(self, port, user="crm-lead", password=PASSWORD):
        return f"redis://{user}:{password}@127.0.0.1:{port}"

    def test_verify_full_is_what_it_says(self):
        verified = {"mode": "verify-full"}
        code, said = self.run_program("migrate", database=self.url("crm_lead_migrate", **verified))
        self.assertEqual(0, code, said)
        refused = {
            "another CA": {**verified, "ca": "stranger"},
            "another password": {**verified, "password": "wrong"},
            "no TLS": {"mode": "disable"},
        }
        for what, wrong in refused.items():
            with self.subTest(what):
                code, said = self.run_program("migrate", "--check",
                                              database=self.url("crm_lead_migrate", **wrong))
                self.assertNotIn(code, (0, 3), said)
                self.assertNotIn(PASSWORD, said)

    def test_a_certificate_for_another_host_is_refused(self):
        database = self.url("crm_lead_migrate", mode="verify-full", host="localhost.localdomain")
        code, said = self.run_program(
            "migrate", "--check", database=f"{database}&hostaddr=127.0.0.1")
        self.assertNotIn(code, (0, 3), said)

    def test_redis_through_the_tunnel_is_one_with_users(self):
        database = self.url("crm_lead_migrate", mode="verify-full")
        self.assertEqual(0, self.run_program("migrate", database=database)[0])

        def reconcile(redis_url):
            return self.run_program("events", "reconcile", "--accept-divergence", database=database,
                                    redis_url=redis_url)

        code, said = reconcile(self.redis_url(self.redis_port))
        self.assertEqual(0, code, said)
        code, said = reconcile(self.redis_url(self.redis_port, password="wrong"))
        self.assertNotEqual(0, code, said)
        for what, port in {"another CA": self.tunnel(ca="stranger"),
                           "another host": self.tunnel(host="redis.internal"),
                           "TLS without a tunnel": self.tls_port}.items():
            with self.subTest(what):
                code, said = reconcile(self.redis_url(port))
                self.assertNotEqual(0, code, said)

    def test_each_user_may_what_it_needs(self):
        own, other = "crm:stage-events:lead:0", "crm:stage-events:contact:0"
        refused = [("crm-lead", "XADD", other, "*", "a", "b"), ("crm-lead", "XGROUP", "DESTROY", own, "g"),
                   ("crm-lead", "CONFIG", "GET", "*"), ("crm-contact", "DEL", own),
                   ("analyst", "XADD", own, "*", "a", "b"), ("analyst", "XTRIM", own, "MAXLEN", "0"),
                   ("analyst", "EVAL", "return 1", "0"), ("analyst", "KEYS", "*"),
                   ("probe", "XLEN", own), ("default", "PING")]
        for user, *command in refused:
            with self.subTest(user, command=command):
                said = redis(self.redis_port, user, PASSWORD, *command)
                self.assertRegex(said, "NOPERM|WRONGPASS|no permissions|NOAUTH")
        self.assertRegex(redis(self.redis_port, "crm-lead", PASSWORD, "XADD", own, "1-1", "a", "b"), "1-1")
        for user in ("crm-contact", "analyst"):
            self.assertRegex(redis(self.redis_port, user, PASSWORD, "XRANGE", own, "-", "+"), "1-1")
        self.assertRegex(redis(self.redis_port, "crm-lead", PASSWORD, "DEL", own), "1")


if __name__ == "__main__":
    unittest.main()
