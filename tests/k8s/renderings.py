"""Renders overlays with components, as an operator does: make-secrets, then kustomize build."""

import concurrent.futures
import dataclasses
import functools
import itertools
import os
import pathlib
import re
import shutil
import subprocess
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/k8s"
OVERLAYS = ("local", "staging", "production")
# In the order in which an overlay lists them.
COMPONENTS = ("network-policies", "disruption-budgets", "autoscaling", "autoscaling-queue-wait",
              "monitoring", "tls", "webhooks", "gateway", "gateway-tls", "postgres-cnpg", "postgres-trial", "redis-trial",
              "redis-sentinel")
# One of each at most.
EXCLUSIVE = ({"autoscaling", "autoscaling-queue-wait"}, {"postgres-cnpg", "postgres-trial"},
             {"redis-trial", "redis-sentinel"})
SERVICES = ("contact", "lead", "opportunity")


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """As Kubernetes reads YAML: a time is a text."""


Loader.yaml_implicit_resolvers = {
    first: [one for one in resolvers if one[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in Loader.yaml_implicit_resolvers.items()}


@dataclasses.dataclass
class Pod:
    """A pod template and the workload that it stands in."""
    owner: dict
    kind: str
    name: str
    labels: dict
    spec: dict

    def containers(self):
        return self.spec.get("initContainers", []) + self.spec["containers"]


@dataclasses.dataclass
class Rendering:
    overlay: str
    components: frozenset
    docs: list
    passwords: tuple = ()

    def __str__(self):
        return f"{self.overlay} with {' '.join(sorted(self.components)) or 'no component'}"

    def of(self, *kinds):
        return [doc for doc in self.docs if doc["kind"] in kinds]

    def get(self, kind, name):
        found = [doc for doc in self.of(kind) if doc["metadata"]["name"] == name]
        return found[0] if found else None

    def pods(self, component=None):
        for doc in self.of("Deployment", "StatefulSet", "Job"):
            template = doc["spec"]["template"]
            labels = template["metadata"].get("labels", {})
            if component in (None, labels.get("app.kubernetes.io/component")):
                yield Pod(doc, doc["kind"], doc["metadata"]["name"], labels, template["spec"])


def is_allowed(components):
    return all(len(group & components) <= 1 for group in EXCLUSIVE)


def everything():
    """All largest sets of components."""
    rest = set(COMPONENTS).difference(*EXCLUSIVE)
    return [frozenset(rest | set(choice)) for choice in itertools.product(*map(sorted, EXCLUSIVE))]


def own_components(overlay):
    text = (ROOT / "deploy/k8s/overlays" / overlay / "kustomization.yaml").read_text()
    return frozenset(re.findall(r"^ +- (?:\.\./)+components/([\w-]+)$", text, re.M))


def combinations(every_one):
    """(overlay, components): as committed, bare, each component alone, all together, and all pairs."""
    chosen = []
    for overlay in OVERLAYS:
        chosen += [(overlay, own_components(overlay)), (overlay, frozenset())]
        sizes = range(len(COMPONENTS)) if every_one else (1, 2) if overlay == "production" else (1,)
        chosen += [(overlay, frozenset(names)) for size in sizes
                   for names in itertools.combinations(COMPONENTS, size)]
        chosen += [(overlay, names) for names in everything()]
    return [pair for pair in dict.fromkeys(chosen) if is_allowed(pair[1])]


def copy_tree():
    """A copy to render from, so that no secrets and variants are left among the manifests."""
    tree = BUILD / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    for name in ("k8s", "postgres", "redis", "observability"):
        source = ROOT / "deploy" / name
        if source.exists():
            shutil.copytree(source, tree / name, ignore=shutil.ignore_patterns("secrets"))
    return tree


def with_components(text, components):
    """The overlay's text with another list of components."""
    rows = "".join(f"  - ../../components/{name}\n" for name in COMPONENTS if name in components)
    return re.sub(r"^components:\n(?:  .*\n)*", f"components:\n{rows}  - ../../release\n  - secrets\n",
                  text, flags=re.M)


def render(kustomize, tree, number, overlay, components):
    folder = tree / "k8s/overlays" / f"{overlay}-{number}"
    shutil.copytree(tree / "k8s/overlays" / overlay, folder)
    file = folder / "kustomization.yaml"
    if components != own_components(overlay):
        file.write_text(with_components(file.read_text(), components))
    run([sys.executable, tree / "k8s/make-secrets", folder, "--postgres", "db-a.example:5432,db-b.example:5432",
         "--redis", "redis.example:6379"])
    text = run([kustomize, "build", folder])
    passwords = tuple(line.split("=", 1)[1] for line
                      in (folder / "secrets/passwords").read_text().splitlines())
    return Rendering(overlay, components, [parse(part) for part in text.split("\n---\n")], passwords)


@functools.lru_cache(maxsize=None)
def parse(text):
    """One document. Most are the same in many renderings: nobody may change them."""
    return yaml.load(text, Loader)


def run(command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300,
                          check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout


@functools.lru_cache(maxsize=None)
def render_all(kustomize, every_one=False):
    """(renderings, errors) of all combinations, in their order."""
    tree = copy_tree()
    jobs = combinations(every_one)
    renderings, errors = [], []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        futures = [pool.submit(render, kustomize, tree, number, *job)
                   for number, job in enumerate(jobs)]
        for (overlay, components), future in zip(jobs, futures):
            try:
                renderings.append(future.result())
            except (RuntimeError, yaml.YAMLError) as error:
                errors.append(f"{overlay} with {' '.join(sorted(components))}: {error}")
    return renderings, errors
