"""What every pod must be. A rule takes a rendering and names what breaks it."""

import pod_environment
from pod_environment import quantity
from renderings import SERVICES

COMPONENT = "app.kubernetes.io/component"
NAME = "app.kubernetes.io/name"
PART = "app.kubernetes.io/part-of"
VERSION = "app.kubernetes.io/version"
# Volumes that restricted pods may have and ours need.
VOLUMES = {"configMap", "secret", "emptyDir", "projected"}
LONG_LIVED = ("Deployment", "StatefulSet")


def each_pod(rendering, kinds=LONG_LIVED + ("Job",)):
    return (pod for pod in rendering.pods() if pod.kind in kinds)


def each_container(rendering, component=None):
    for pod in rendering.pods(component):
        for container in pod.containers():
            yield f"{pod.kind} {pod.name}/{container['name']}", container


def runs_as_non_root(rendering):
    for pod in each_pod(rendering):
        security = pod.spec.get("securityContext", {})
        if security.get("runAsNonRoot") is not True or not security.get("runAsUser", 0) > 0:
            yield f"{pod.name} may run as root"


def ours_run_as_65532(rendering):
    for component in ("service", "migration"):
        for pod in rendering.pods(component):
            if pod.spec["securityContext"].get("runAsUser") != 65532:
                yield f"{pod.name} runs as another user than the image's"


def has_seccomp(rendering):
    for pod in each_pod(rendering):
        profile = pod.spec.get("securityContext", {}).get("seccompProfile", {})
        if profile.get("type") != "RuntimeDefault":
            yield f"{pod.name} has no seccomp profile"


def escalates_nothing(rendering):
    for name, container in each_container(rendering):
        security = container.get("securityContext", {})
        if security.get("allowPrivilegeEscalation") is not False or security.get("privileged"):
            yield f"{name} may gain privileges"


def drops_all_capabilities(rendering):
    for name, container in each_container(rendering):
        capabilities = container.get("securityContext", {}).get("capabilities", {})
        if capabilities != {"drop": ["ALL"]}:
            yield f"{name} keeps capabilities"


def root_is_read_only(rendering):
    for name, container in each_container(rendering):
        if container.get("securityContext", {}).get("readOnlyRootFilesystem") is not True:
            yield f"{name} may write to its root"


def touches_no_host(rendering):
    for pod in each_pod(rendering):
        if any(pod.spec.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")):
            yield f"{pod.name} shares a namespace of the host"
        for volume in pod.spec.get("volumes", []):
            if not set(volume) - {"name"} <= VOLUMES:
                yield f"{pod.name} mounts {volume}"
        for container in pod.containers():
            if any("hostPort" in port for port in container.get("ports", [])):
                yield f"{pod.name} takes a port of the host"


def has_no_token(rendering):
    for pod in each_pod(rendering):
        if pod.spec.get("automountServiceAccountToken") is not False:
            yield f"{pod.name} mounts a token"
    for account in rendering.of("ServiceAccount"):
        if account.get("automountServiceAccountToken") is not False:
            yield f"account {account['metadata']['name']} has a token"


def memory_is_certain(rendering):
    """Requests are limits for memory; CPU is requested and not limited."""
    for name, container in each_container(rendering):
        resources = container.get("resources", {})
        requests, limits = resources.get("requests", {}), resources.get("limits", {})
        if not requests.get("memory") or requests["memory"] != limits.get("memory"):
            yield f"{name}: memory request and limit differ"
        if not requests.get("cpu") or "cpu" in limits:
            yield f"{name}: CPU must be requested and not limited"


def spreads(rendering):
    for pod in each_pod(rendering, LONG_LIVED):
        constraints = pod.spec.get("topologySpreadConstraints", [])
        if not any(one["topologyKey"] == "kubernetes.io/hostname" for one in constraints):
            yield f"{pod.name} does not spread over nodes"
        for one in constraints:
            wanted = one.get("labelSelector", {}).get("matchLabels", {})
            if not wanted or not wanted.items() <= pod.labels.items():
                yield f"{pod.name} spreads among other pods than its own"
            if pod.kind == "Deployment" and one.get("matchLabelKeys") != ["pod-template-hash"]:
                yield f"{pod.name} counts old and new pods together"


def services_spread_over_zones(rendering):
    for pod in rendering.pods("service"):
        keys = [one["topologyKey"] for one in pod.spec.get("topologySpreadConstraints", [])]
        if "topology.kubernetes.io/zone" not in keys:
            yield f"{pod.name} does not spread over zones"


def services_of(rendering):
    for pod in rendering.pods("service"):
        [container] = pod.spec["containers"]
        yield pod, container


def probes_are_apart(rendering):
    wanted = {"startupProbe": "startup", "readinessProbe": "", "livenessProbe": "liveness"}
    for pod, container in services_of(rendering):
        port = port_named(container, "health")
        for probe, service in wanted.items():
            asked = container.get(probe, {}).get("grpc", {})
            if asked.get("port") != port or asked.get("service", "") != service:
                yield f"{pod.name}: {probe} asks {asked}"


def probes_are_plain(rendering):
    """gRPC probes know no TLS: health and metrics have ports of their own beside the API's."""
    for pod, container in services_of(rendering):
        ports = {port["name"]: port["containerPort"] for port in container.get("ports", [])}
        if set(ports) != {"grpc", "health", "metrics"} or len(set(ports.values())) != 3:
            yield f"{pod.name} has the ports {ports}"


def stores_have_probes(rendering):
    for pod in each_pod(rendering, ("StatefulSet",)):
        for container in pod.containers():
            missing = {"startupProbe", "readinessProbe", "livenessProbe"} - set(container)
            if missing:
                yield f"{pod.name} lacks {sorted(missing)}"


def port_named(container, name):
    return next((port["containerPort"] for port in container.get("ports", [])
                 if port["name"] == name), None)


def flags_of(rendering, container):
    flags = {}
    for source in container.get("envFrom", []):
        if "configMapRef" in source:
            flags.update((rendering.get("ConfigMap", source["configMapRef"]["name"]) or {})
                         .get("data", {}))
    return flags


def seconds(text):
    return int(text.removesuffix("s"))


def drain_fits_the_grace(rendering):
    for pod, container in services_of(rendering):
        flags = flags_of(rendering, container)
        delay, grace = (seconds(flags.get(f"CRM_DRAIN_{part}", "0s")) for part in ("DELAY", "GRACE"))
        if pod.spec.get("terminationGracePeriodSeconds") != 35 or not 0 < delay + grace + 4 < 35:
            yield f"{pod.name} is killed before it has drained"
        if "lifecycle" in container:
            yield f"{pod.name}: the drain is in the program, not in a hook"


def listens_where_its_ports_are(rendering):
    for pod, container in services_of(rendering):
        flags = flags_of(rendering, container)
        for flag, name in (("LISTEN", "grpc"), ("HEALTH_LISTEN", "health"),
                           ("METRICS_LISTEN", "metrics")):
            if flags.get(f"CRM_{flag}") != f"0.0.0.0:{port_named(container, name)}":
                yield f"{pod.name}: CRM_{flag} is not the port {name}"


def workers_follow_the_cpu(rendering):
    for pod, container in services_of(rendering):
        told = pod_environment.environment(rendering, container).get("CRM_CPU", "0")
        if quantity(told) != quantity(container["resources"]["requests"]["cpu"]):
            yield f"{pod.name} does not tell its CPU request to the program"


def no_links(rendering):
    for pod in each_pod(rendering):
        if pod.spec.get("enableServiceLinks") is not False:
            yield f"{pod.name} gets variables that could be read as flags"


def runs_its_own_program(rendering):
    for component, argument in (("service", "serve"), ("migration", "migrate")):
        found = {pod.labels.get(NAME): pod.spec["containers"][0]
                 for pod in rendering.pods(component)}
        for service in SERVICES:
            container = found.get(f"crm-{service}", {})
            if (container.get("command") != [f"/usr/bin/crm-{service}"]
                    or container.get("args") != [argument]
                    or f"crm-{service}" not in container.get("image", "")):
                yield f"{component} of {service} does not run its program"


def labels_are_common(rendering):
    for pod in each_pod(rendering):
        wanted = {NAME, COMPONENT, PART}
        if pod.labels.get(COMPONENT) in ("service", "migration"):
            wanted.add(VERSION)
        if not wanted <= pod.labels.keys() or pod.labels[PART] != "crm":
            yield f"{pod.name} lacks labels"
    for doc in rendering.docs:
        if doc["kind"] not in ("Namespace", "ConfigMap", "Secret"):
            if doc["metadata"].get("labels", {}).get(PART) != "crm":
                yield f"{doc['kind']} {doc['metadata']['name']} is not labelled as part of crm"


RULES = (runs_as_non_root, ours_run_as_65532, has_seccomp, escalates_nothing,
         drops_all_capabilities, root_is_read_only, touches_no_host, has_no_token,
         memory_is_certain, spreads, services_spread_over_zones, probes_are_apart, probes_are_plain,
         stores_have_probes, drain_fits_the_grace, listens_where_its_ports_are,
         workers_follow_the_cpu, no_links, runs_its_own_program, labels_are_common)
