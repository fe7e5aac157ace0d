"""The programs with what their pods get: roles and passwords by the bootstrap Job's script, schemas by
the migration Jobs, then the three services, against a real PostgreSQL and a real Redis with the ACL; in
plain text, and with the component tls by certificates and tokens. Only hosts, ports and the folders of
what is mounted are others than in a cluster."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import kustomize
import renderings
from pod_environment import environment, values_of
from servers import SECONDS, Servers, await_true, free_port, postgres_programs, redis

PROGRAMS = pathlib.Path(os.environ.get("CRM_PROGRAMS", renderings.ROOT / "build/dev/bin"))
LOCAL = renderings.ROOT / "deploy/local"
PORTS = {"LISTEN": 7000, "HEALTH_LISTEN": 7001, "METRICS_LISTEN": 7002}


def config(rendering, key):
    return next(doc["data"][key] for doc in rendering.of("ConfigMap") if key in doc.get("data", {}))


class PodsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            program = kustomize.path(renderings.BUILD)
        except kustomize.CannotBeHad as error:
            raise unittest.SkipTest(f"kustomize 5.6 cannot be had here: {error}") from error
        missing = [name for name in ("crm-contact", "crm-lead", "crm-opportunity", "crmctl")
                   if not (PROGRAMS / name).exists()]
        if missing or not postgres_programs() or not shutil.which("redis-server"):
            raise unittest.SkipTest(f"{PROGRAMS} has no {missing}, or a server is not installed")
        found, errors = renderings.render_all(program, os.environ.get("CRM_K8S_ALL") == "1")
        assert not errors, errors
        cls.found = found
        cls.rendering = cls.the("local", renderings.own_components("local"))

    @classmethod
    def the(cls, overlay, components):
        return next(one for one in cls.found
                    if one.overlay == overlay and one.components == components)

    def setUp(self):
        folder = tempfile.mkdtemp(prefix="crm-pods-")
        self.addCleanup(shutil.rmtree, folder)
        self.servers = Servers(folder)
        self.addCleanup(self.servers.close)

    def make_certificates(self):
        """What cert-manager and the identity provider would."""
        self.secrets = self.servers.folder / "secrets"
        for command in (["certificates", self.secrets, *renderings.SERVICES],
                        ["token", self.secrets, "keys"]):
            self.run_to_end([LOCAL / command[0], *command[1:]], {})

    def mounted(self, service, flags):
        """The flags with the folders where this test has what a pod would get mounted."""
        here = {"/etc/crm/tls": f"{self.secrets}/{service}", "/etc/crm/jwks": str(self.secrets)}
        for name, value in flags.items():
            folder, _, file = value.rpartition("/")
            flags[name] = f"{here[folder]}/{file}" if folder in here else value
        if "CRM_TOKEN_ISSUER" in flags:
            flags["CRM_TOKEN_ISSUER"] = "https://crm.localhost"
        return flags

    def container(self, component, service):
        return next(pod.spec["containers"][0] for pod in self.rendering.pods(component)
                    if pod.labels["app.kubernetes.io/name"] == f"crm-{service}")

    def test_every_flag_is_known(self):
        """A variable that a program does not know would be ignored in silence."""
        unknown = []
        for service in renderings.SERVICES:
            help_text = subprocess.run([PROGRAMS / f"crm-{service}", "--help"], capture_output=True,
                                       text=True, timeout=SECONDS, check=True).stdout
            known = set(re.findall(r"\(Env:(\w+)\)", help_text))
            for component in ("service", "migration"):
                given = environment(self.rendering, self.container(component, service))
                unknown += [f"crm-{service} {name}" for name in given.keys() - known
                            if name.startswith("CRM_")]
        self.assertEqual(unknown, [])

    def test_every_url_is_understood(self):
        """CloudNativePG's and the Sentinels', and those of stores elsewhere: a wrong one ends the start."""
        self.make_certificates()
        for components in (renderings.own_components("production"), frozenset()):
            rendering = self.the("production", components)
            for pod in rendering.pods("service"):
                flags = self.mounted(pod.name.removeprefix("crm-"),
                                     environment(rendering, pod.spec["containers"][0]))
                flags.update({f"CRM_{flag}": "127.0.0.1:0" for flag in PORTS}, CRM_DRAIN_DELAY="0s")
                name = f"{pod.name}-{len(components)}"
                process = self.servers.start(name, [PROGRAMS / pod.name, "serve"], flags)
                await_true(f"{name} listening", lambda: process.poll() is not None
                           or '"listening"' in self.servers.log(name))
                self.assertIsNone(process.poll(), self.servers.log(name))
        self.servers.close()

    def start_stores(self):
        superuser = values_of(self.rendering, "Secret", "crm-postgres-superuser")
        postgres = self.servers.start_postgres(superuser["username"], superuser["password"])
        users = next(values_of(self.rendering, "Secret", doc["metadata"]["name"])["users.acl"]
                     for doc in self.rendering.of("Secret") if "users.acl" in doc["data"])
        self.redis_port = self.servers.start_redis(config(self.rendering, "redis.conf"), users)
        self.places = {"crm-postgres-rw:5432": f"127.0.0.1:{postgres}",
                       "crm-redis:6379": f"127.0.0.1:{self.redis_port}"}
        self.bootstrap(postgres)

    def bootstrap(self, port):
        folder = self.servers.folder / "bootstrap"
        (folder / "sql").mkdir(parents=True)
        (folder / "bootstrap.sh").write_text(config(self.rendering, "bootstrap.sh"))
        (folder / "sql/bootstrap.sql").write_text(config(self.rendering, "bootstrap.sql"))
        container = self.container("bootstrap", "postgres-bootstrap")
        for _ in range(2):  # it may run again
            self.run_to_end(["sh", folder / "bootstrap.sh"], {
                **environment(self.rendering, container), "PGHOST": "127.0.0.1", "PGPORT": str(port)})

    def run_to_end(self, command, variables):
        done = subprocess.run(list(map(str, command)), env={"PATH": os.environ["PATH"], **variables},
                              capture_output=True, text=True, timeout=2 * SECONDS, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def moved(self, variables):
        """The variables with the places where things are in this test."""
        def move(value):
            for inside, here in self.places.items():
                value = value.replace(inside, here)
            return value
        return {name: move(value) for name, value in variables.items()}

    def start_services(self):
        processes = []
        for service in renderings.SERVICES:
            self.places[f"dns:///crm-headless-{service}:7000"] = f"127.0.0.1:{free_port()}"
        for service in renderings.SERVICES:
            program = PROGRAMS / f"crm-{service}"
            migration = environment(self.rendering, self.container("migration", service))
            self.run_to_end([program, "migrate"], self.moved(migration))
            flags = self.mounted(service, self.moved(
                environment(self.rendering, self.container("service", service))))
            for flag, port in PORTS.items():
                self.assertEqual(flags[f"CRM_{flag}"], f"0.0.0.0:{port}")
                flags[f"CRM_{flag}"] = "127.0.0.1:0"
            flags["CRM_LISTEN"] = self.places[f"dns:///crm-headless-{service}:7000"]
            flags["CRM_DRAIN_DELAY"] = "0s"
            processes.append(self.servers.start(f"crm-{service}", [program, "serve"], flags))
        for service, process in zip(renderings.SERVICES, processes):
            await_true(f"crm-{service} ready", lambda: process.poll() is not None
                       or '"ready"' in self.servers.log(f"crm-{service}"))
            self.assertIsNone(process.poll(), self.servers.log(f"crm-{service}"))
        return processes

    def crmctl(self, *words, **variables):
        variables |= {f"CRM_{service.upper()}_ADDRESS": self.places[f"dns:///crm-headless-{service}:7000"]
                      for service in renderings.SERVICES}
        text = self.run_to_end([PROGRAMS / "crmctl", *words], variables)
        return re.search(r"^name +(\S+)", text, re.M)[1]

    def test_a_lead_reaches_the_stream(self):
        self.make_certificates()
        self.walk({})

    def test_the_same_by_tls_and_token(self):
        trial = {"postgres-trial", "redis-trial", "tls", "autoscaling"}
        self.rendering = self.the("local", next(one for one in renderings.everything() if trial <= one))
        self.make_certificates()
        token = self.run_to_end([LOCAL / "token", self.secrets, "agent"], {}).strip()
        self.walk({"CRM_TLS_CA": f"{self.secrets}/lead/ca.crt", "CRM_TOKEN": token})

    def walk(self, variables):
        self.start_stores()
        processes = self.start_services()
        contact = self.crmctl("contact", "create", "organization", "--display-name", "Larkspur Optics",
                              **variables)
        # The lead service asks the contact service, on whose behalf it may.
        lead = self.crmctl("lead", "create", "--contact", contact, "--owner", "mara", "--source",
                           "REFERRAL", **variables)
        analyst = self.analyst_password()
        await_true("the event", lambda: lead in redis(
            self.redis_port, "analyst", analyst, "XRANGE", "crm:stage-events:lead:0", "-", "+"))
        for service, process in zip(renderings.SERVICES, processes):
            process.terminate()
            self.assertEqual(process.wait(SECONDS), 0, self.servers.log(f"crm-{service}"))
        self.assertNotIn("NOPERM", "".join(self.servers.log(f"crm-{service}")
                                           for service in renderings.SERVICES))

    def analyst_password(self):
        number = next(i for i, one in enumerate(self.found) if one is self.rendering)
        folder = renderings.BUILD / f"tree/k8s/overlays/local-{number}/secrets"
        return re.search(r"^redis_analyst=(.*)$", (folder / "passwords").read_text(), re.M)[1]


if __name__ == "__main__":
    unittest.main()
