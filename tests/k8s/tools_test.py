"""What operators run beside kubectl apply: the wrapper of crmctl, the restore, the commands of the docs."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import jsonschema

import kustomize
import renderings
import schemas
from renderings import ROOT, BUILD

GUIDE = ROOT / "docs/kubernetes.md"
# Remembers its words instead of calling a cluster.
STUB = """#!/bin/sh
case "$*" in
  *.image}) echo "$IMAGE"; exit ;;
  *.secretName}) printf %s "$CERTIFICATE"; exit ;;
esac
printf '%s\\0' "$@" >"$WORDS"
"""


class CrmctlTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="crm-crmctl-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "kubectl").write_text(STUB)
        (self.folder / "kubectl").chmod(0o755)

    def call(self, image, *words, certificate=""):
        environment = {"PATH": f"{self.folder}:{os.environ['PATH']}", "IMAGE": image,
                       "WORDS": str(self.folder / "words"), "CERTIFICATE": certificate}
        done = subprocess.run([ROOT / "deploy/k8s/crmctl", *words], env=environment, timeout=60,
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    def called(self, *words, certificate=""):
        """The words of kubectl, and the spec that they give the pod."""
        self.assertEqual(self.call("registry/crm-lead:0.1.0", *words, certificate=certificate), (0, ""))
        told = (self.folder / "words").read_text().split("\0")[:-1]
        overrides = next(word for word in told if word.startswith("--overrides="))
        return told, json.loads(overrides.removeprefix("--overrides="))["spec"]

    def test_the_pod_is_restricted(self):
        words, spec = self.called("lead", "create", "--owner", "a b")
        self.assertEqual(words[words.index("--") + 1:], ["lead", "create", "--owner", "a b"])
        self.assertIn("--image=registry/crmctl:0.1.0", words)
        self.assert_restricted(words, spec)
        self.assertEqual(spec["volumes"], [])

    def test_with_tls_it_gets_whom_to_trust_and_a_token_and_no_key(self):
        words, spec = self.called("funnel", certificate="crm-tls-lead")
        self.assert_restricted(words, spec)
        [container] = spec["containers"]
        files = {mount["mountPath"]: volume["secret"] for mount in container["volumeMounts"]
                 for volume in spec["volumes"] if volume["name"] == mount["name"]}
        self.assertEqual(files["/etc/crm/tls"]["items"], [{"key": "ca.crt", "path": "ca.crt"}])
        self.assertEqual(files["/etc/crm/token"]["secretName"], "crmctl-token")
        flags = {one["name"]: one["value"] for one in container["env"]}
        self.assertEqual(flags["CRM_TLS_CA"], "/etc/crm/tls/ca.crt")
        self.assertEqual(flags["CRM_TOKEN_FILE"], "/etc/crm/token/token")

    def assert_restricted(self, words, spec):
        definitions = schemas.published()["definitions"]
        pod = {"$ref": "#/definitions/io.k8s.api.core.v1.PodSpec", "definitions": definitions}
        self.assertEqual(list(jsonschema.Draft4Validator(pod).iter_errors(spec)), [])
        [container] = spec["containers"]
        self.assertEqual(container["name"], words[words.index("run") + 1])
        self.assertEqual(container["securityContext"]["capabilities"], {"drop": ["ALL"]})
        self.assertTrue(spec["securityContext"]["runAsNonRoot"])

    def test_a_digest_is_not_guessed(self):
        code, text = self.call(f"registry/crm-lead@sha256:{'0' * 64}", "funnel")
        self.assertEqual(code, 2)
        self.assertIn("CRM_IMAGE", text)


class RestoreTest(unittest.TestCase):
    def test_the_cluster_begins_from_the_backups(self):
        try:
            program = kustomize.path(BUILD)
        except kustomize.CannotBeHad as error:
            self.skipTest(f"kustomize 5.6 cannot be had here: {error}")
        renderings.render_all(program, os.environ.get("CRM_K8S_ALL") == "1")
        overlay = BUILD / "tree/k8s/overlays/restored"
        shutil.copytree(ROOT / "deploy/k8s/overlays/production", overlay,
                        ignore=shutil.ignore_patterns("secrets"))
        file = overlay / "kustomization.yaml"
        file.write_text(file.read_text().replace("  - ../../release\n", "  - ../../restore\n  - ../../release\n"))
        renderings.run([renderings.sys.executable, ROOT / "deploy/k8s/make-secrets", overlay])
        docs = [renderings.parse(part) for part in
                renderings.run([program, "build", overlay]).split("\n---\n")]
        [cluster] = [doc for doc in docs if doc["kind"] == "Cluster"]
        self.assertEqual(schemas.faults(cluster), [])
        spec = cluster["spec"]
        [source] = spec["externalClusters"]
        self.assertEqual(list(spec["bootstrap"]), ["recovery"])
        self.assertEqual(spec["bootstrap"]["recovery"]["source"], source["name"])
        # What the new cluster archives must not overwrite what it is restored from.
        self.assertNotEqual(spec["plugins"][0]["parameters"]["serverName"],
                            source["plugin"]["parameters"]["serverName"])


class GuideTest(unittest.TestCase):
    """The commands of docs/kubernetes.md: run where no cluster is needed, else said not to have been."""

    def setUp(self):
        self.text = GUIDE.read_text()
        self.blocks = re.findall(r"(?:<!-- (run here|needs a cluster) -->\n)?```bash\n(.*?)```", self.text,
                                 re.S)

    def test_every_block_says_whether_it_was_run(self):
        self.assertTrue(self.blocks)
        self.assertEqual([block for mark, block in self.blocks if not mark], [])

    def test_what_needs_no_cluster_runs(self):
        try:
            program = kustomize.path(BUILD)
        except kustomize.CannotBeHad as error:
            self.skipTest(f"kustomize 5.6 cannot be had here: {error}")
        tree = BUILD / "guide"
        shutil.rmtree(tree, ignore_errors=True)
        shutil.copytree(ROOT / "deploy", tree / "deploy", ignore=shutil.ignore_patterns("secrets", "run"))
        # "kubectl kustomize" is kustomize 5 in kubectl 1.27 and later.
        (tree / "bin").mkdir()
        (tree / "bin/kubectl").write_text(f'#!/bin/sh\nshift\nexec {program} build "$@"\n')
        (tree / "bin/kubectl").chmod(0o755)
        for mark, block in self.blocks:
            if mark == "run here":
                done = subprocess.run(["bash", "-euo", "pipefail", "-c", block], cwd=tree, timeout=120,
                                      env={**os.environ, "PATH": f"{tree}/bin:{os.environ['PATH']}"},
                                      capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 0, block + done.stderr)

    def test_what_it_names_is_there(self):
        try:
            program = kustomize.path(BUILD)
        except kustomize.CannotBeHad as error:
            self.skipTest(f"kustomize 5.6 cannot be had here: {error}")
        found, _ = renderings.render_all(program, os.environ.get("CRM_K8S_ALL") == "1")
        names = {doc["metadata"]["name"] for one in found for doc in one.docs}
        named = {name for _, block in self.blocks for name in re.findall(
            r"\b(?:deployment|job|statefulset|service|secret|hpa|cluster|scheduledbackup)s?[/ ](crm-[\w.-]+)",
            block)}
        self.assertTrue(named)
        self.assertEqual(named - names - {"crm-backup-s3", "crm-gateway-tls"}, set())
        for path in re.findall(r"(?<![\w/])(?:deploy|docs|tests)/[\w./-]+", self.text):
            self.assertTrue((ROOT / path.rstrip(".")).exists() or "secrets" in path, path)


if __name__ == "__main__":
    unittest.main()
