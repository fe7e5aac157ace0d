"""What holds for all objects: kinds, names, references, secrets, images."""

import base64
import json
import re

from pod_rules import each_pod
from renderings import SERVICES

API_VERSIONS = {
    "Namespace": "v1", "ConfigMap": "v1", "Secret": "v1", "Service": "v1", "ServiceAccount": "v1",
    "Deployment": "apps/v1", "StatefulSet": "apps/v1", "Job": "batch/v1",
    "PodDisruptionBudget": "policy/v1", "HorizontalPodAutoscaler": "autoscaling/v2",
    "NetworkPolicy": "networking.k8s.io/v1", "Certificate": "cert-manager.io/v1",
    "Issuer": "cert-manager.io/v1", "Gateway": "gateway.networking.k8s.io/v1",
    "GRPCRoute": "gateway.networking.k8s.io/v1", "BackendTLSPolicy": "gateway.networking.k8s.io/v1",
    "PodMonitor": "monitoring.coreos.com/v1",
    "PrometheusRule": "monitoring.coreos.com/v1", "Cluster": "postgresql.cnpg.io/v1",
    "ScheduledBackup": "postgresql.cnpg.io/v1", "ObjectStore": "barmancloud.cnpg.io/v1",
}
NAMESPACES = {"local": "crm", "staging": "crm-staging", "production": "crm"}
# Secrets, and one ConfigMap, that something or somebody else makes, by the component that needs it.
ELSEWHERE = {
    "postgres-cnpg": {"crm-postgres-ca", "crm-backup-s3"},
    "gateway": {"crm-gateway-tls"},
    "tls": {"crm-authority", "crm-jwks"} | {f"crm-tls-{service}" for service in SERVICES},
}
# Read once by a Job, or set into a database: a hash would change a Job's template.
WITHOUT_HASH = {"crm-postgres-superuser", "crm-postgres-passwords",
                *(f"crm-migrate-{service}" for service in SERVICES)}


def kinds_are_known(rendering):
    for doc in rendering.docs:
        if API_VERSIONS.get(doc["kind"]) != doc["apiVersion"]:
            yield f"{doc['apiVersion']} {doc['kind']} {doc['metadata']['name']}"


def names_are_unique(rendering):
    seen = set()
    for doc in rendering.docs:
        key = doc["kind"], doc["metadata"]["name"]
        if key in seen:
            yield f"{key} twice"
        seen.add(key)


def namespace_is_restricted(rendering):
    wanted = NAMESPACES[rendering.overlay]
    spaces = rendering.of("Namespace")
    if [space["metadata"]["name"] for space in spaces] != [wanted]:
        yield "not one namespace"
    for space in spaces:
        label = "pod-security.kubernetes.io/enforce"
        if space["metadata"].get("labels", {}).get(label) != "restricted":
            yield f"{wanted} does not enforce restricted pods"
    for doc in rendering.docs:
        if doc["kind"] != "Namespace" and doc["metadata"].get("namespace") != wanted:
            yield f"{doc['kind']} {doc['metadata']['name']} is in no namespace of ours"


def walk(node):
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def referenced(node):
    """(kind, name, key or None) of what a pod's spec or a custom object refers to."""
    for part in walk(node):
        for word, kind in (("configMapRef", "ConfigMap"), ("configMapKeyRef", "ConfigMap"),
                           ("configMap", "ConfigMap"), ("secretRef", "Secret"),
                           ("secretKeyRef", "Secret"), ("superuserSecret", "Secret"),
                           ("accessKeyId", "Secret"), ("secretAccessKey", "Secret")):
            if isinstance(part.get(word), dict) and "name" in part[word]:
                yield kind, part[word]["name"], part[word].get("key")
        secret = part.get("secret")
        if isinstance(secret, dict):
            yield "Secret", secret.get("secretName", secret.get("name")), None
        if "serviceAccountName" in part:
            yield "ServiceAccount", part["serviceAccountName"], None
        for reference in part.get("certificateRefs", []):
            yield "Secret", reference["name"], None


def references_exist(rendering):
    elsewhere = set().union(*(names for component, names in ELSEWHERE.items()
                              if component in rendering.components))
    for doc in rendering.of("Deployment", "StatefulSet", "Job", "Cluster", "ObjectStore", "Gateway"):
        for kind, name, key in referenced(doc["spec"]):
            found = rendering.get(kind, name)
            if not found and name not in elsewhere:
                yield f"{doc['metadata']['name']} refers to {kind} {name}, which is not there"
            elif found and key and key not in {**found.get("data", {}),
                                               **found.get("stringData", {})}:
                yield f"{doc['metadata']['name']}: {kind} {name} has no {key}"


def nothing_is_left_over(rendering):
    """Every ConfigMap and Secret is used, dashboards by Grafana."""
    used = {(kind, name) for doc in rendering.docs if isinstance(doc.get("spec"), dict)
            for kind, name, _ in referenced(doc["spec"])}
    for doc in rendering.of("ConfigMap", "Secret"):
        key = doc["kind"], doc["metadata"]["name"]
        if key not in used and "grafana_dashboard" not in doc["metadata"].get("labels", {}):
            yield f"{key} is used by nobody"


def changes_roll_the_pods(rendering):
    """What Deployments and StatefulSets read carries a hash of its content in its name."""
    for pod in each_pod(rendering, ("Deployment", "StatefulSet")):
        for kind, name, _ in referenced(pod.spec):
            made = rendering.get(kind, name)
            if kind in ("ConfigMap", "Secret") and made and name not in WITHOUT_HASH:
                if not re.search(r"-[0-9a-z]{10}$", name):
                    yield f"{pod.name}: a change of {kind} {name} does not reach it"


def volumes_are_mounted(rendering):
    for pod in each_pod(rendering):
        named = {volume["name"] for volume in pod.spec.get("volumes", [])}
        named |= {claim["metadata"]["name"] for claim in
                  pod.owner["spec"].get("volumeClaimTemplates", [])}
        mounted = {mount["name"] for container in pod.containers()
                   for mount in container.get("volumeMounts", [])}
        if named != mounted:
            yield f"{pod.name} has the volumes {sorted(named)} and mounts {sorted(mounted)}"


def passwords_are_in_secrets(rendering):
    for doc in rendering.docs:
        if doc["kind"] == "Secret":
            continue
        text = json.dumps(doc)
        if any(password in text for password in rendering.passwords):
            yield f"{doc['kind']} {doc['metadata']['name']} holds a password"
        for part in walk(doc):
            name = str(part.get("name", ""))
            if part.get("value") and re.search(r"PASSWORD$|_URL$", name):
                yield f"{doc['kind']} {doc['metadata']['name']} holds {name} in the open"


def secrets_are_made(rendering):
    """No Secret is left as the base has it, empty."""
    for doc in rendering.of("Secret"):
        for key, value in doc.get("data", {}).items():
            if not base64.b64decode(value):
                yield f"Secret {doc['metadata']['name']}: {key} is empty"


def roles_are_apart(rendering):
    """The programs get the roles app and relay; only the migration gets the role migrate."""
    wanted = {"crm-secrets": {"CRM_DATABASE_URL": "app", "CRM_RELAY_DATABASE_URL": "relay"},
              "crm-migrate": {"CRM_DATABASE_URL": "migrate"}}
    for doc in rendering.of("Secret"):
        found = re.match(r"(crm-secrets|crm-migrate)-(\w+)", doc["metadata"]["name"])
        for key, role in wanted[found[1]].items() if found else ():
            url = base64.b64decode(doc["data"].get(key, "")).decode()
            if not url.startswith(f"postgresql://crm_{found[2]}_{role}:"):
                yield f"{doc['metadata']['name']}: {key} is not the role {role}"


def images_are_pinned(rendering):
    """By digest in production, nowhere by the tag latest or by none."""
    images = [(pod.name, container["image"]) for pod in each_pod(rendering)
              for container in pod.containers()]
    images += [(doc["metadata"]["name"], doc["spec"]["imageName"]) for doc in rendering.of("Cluster")]
    for name, image in images:
        if rendering.overlay == "production":
            if not re.search(r"@sha256:[0-9a-f]{64}$", image):
                yield f"{name}: {image} has no digest"
        elif not re.search(r":[\w.-]+$", image) or image.endswith((":latest", ":unset")):
            yield f"{name}: {image} has no version"


RULES = (kinds_are_known, names_are_unique, namespace_is_restricted, references_exist,
         nothing_is_left_over, changes_roll_the_pods, volumes_are_mounted, passwords_are_in_secrets,
         secrets_are_made, roles_are_apart, images_are_pinned)
