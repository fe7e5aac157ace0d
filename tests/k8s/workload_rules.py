"""What Deployments, Services, Jobs, autoscalers and budgets must be."""

import re

import pool
from pod_rules import COMPONENT, NAME, VERSION
from renderings import SERVICES


def selector_of(doc):
    selector = doc["spec"].get("selector") or {}
    if doc["kind"] == "Service":
        return selector
    return {**selector.get("matchLabels", {}),
            **{one["key"]: tuple(one.get("values", ())) for one in
               selector.get("matchExpressions", [])}}


def selected(rendering, selector):
    return [pod for pod in rendering.pods() if selector and selector.items() <= pod.labels.items()]


def rolls_without_a_gap(rendering):
    for doc in rendering.of("Deployment"):
        spec, name = doc["spec"], doc["metadata"]["name"]
        rolling = spec.get("strategy", {}).get("rollingUpdate", {})
        if rolling.get("maxUnavailable") != 0 or not rolling.get("maxSurge"):
            yield f"{name} gives up a pod before the next one is ready"
        for key in ("minReadySeconds", "progressDeadlineSeconds", "revisionHistoryLimit"):
            if key not in spec:
                yield f"{name} has no {key}"


def selectors_hold_no_version(rendering):
    for doc in rendering.docs:
        if VERSION in str(selector_of(doc) if isinstance(doc.get("spec"), dict) else {}):
            yield f"{doc['kind']} {doc['metadata']['name']} selects by version"


def selectors_are_apart(rendering):
    """A Deployment, StatefulSet or Service selects the pods of one workload and no others."""
    for doc in rendering.of("Deployment", "StatefulSet", "Service"):
        if doc["metadata"]["name"].startswith("crm-postgres") and "postgres-cnpg" in \
                rendering.components:
            continue
        found = {pod.name for pod in selected(rendering, selector_of(doc))}
        if len(found) != 1 or (doc["kind"] != "Service" and found != {doc["metadata"]["name"]}):
            yield f"{doc['kind']} {doc['metadata']['name']} selects {sorted(found)}"


def every_service_has_two_addresses(rendering):
    for service in SERVICES:
        for name, headless in ((f"crm-{service}", False), (f"crm-headless-{service}", True)):
            doc = rendering.get("Service", name)
            if not doc or (doc["spec"].get("clusterIP") == "None") != headless:
                yield f"Service {name} is missing or of the wrong kind"
            elif selector_of(doc) != {NAME: f"crm-{service}", COMPONENT: "service"}:
                yield f"Service {name} selects other pods"


def services_say_what_they_speak(rendering):
    """h2c: HTTP/2 in plain text, which it is not with tls; then nothing says more than the port does."""
    protocol = None if "tls" in rendering.components else "kubernetes.io/h2c"
    for service in SERVICES:
        for name in (f"crm-{service}", f"crm-headless-{service}"):
            for port in (rendering.get("Service", name) or {"spec": {"ports": []}})["spec"]["ports"]:
                if port.get("appProtocol") != protocol or port["targetPort"] != "grpc":
                    yield f"Service {name} does not say that it speaks {protocol or 'TLS'}"


def neighbours_are_balanced(rendering):
    """Programs call each other by the headless names: gRPC balances itself."""
    for doc in rendering.of("ConfigMap"):
        for flag, value in (doc.get("data") or {}).items():
            if not re.fullmatch(r"CRM_(CONTACT|LEAD|OPPORTUNITY)_ADDRESS", flag):
                continue
            found = re.fullmatch(r"dns:///([\w-]+):7000", value)
            target = found and rendering.get("Service", found[1])
            if not target or target["spec"].get("clusterIP") != "None":
                yield f"{flag} is {value}"


def migrations(rendering):
    return {pod.labels.get(NAME): pod for pod in rendering.pods("migration")}


def every_service_migrates(rendering):
    jobs = migrations(rendering)
    for pod in rendering.pods("service"):
        job = jobs.get(pod.labels[NAME])
        if not job or job.spec["containers"][0]["image"] != pod.spec["containers"][0]["image"]:
            yield f"{pod.name} has no migration of its own image"


def migrations_carry_the_version(rendering):
    for name, pod in migrations(rendering).items():
        version = pod.labels.get(VERSION)
        if not version or not pod.name.endswith(f"-{version}") or version == "unset":
            yield f"{name}: the name of {pod.name} does not carry its version"


def migrations_hold_no_hash(rendering):
    """A Job's template cannot change: nothing in it may follow a rotated secret or a flag."""
    for pod in rendering.pods("migration"):
        if re.search(r"crm-[\w-]+-[0-9a-z]{10}['\"]", str(pod.spec)):
            yield f"{pod.name} names an object with a hash"


def jobs_end(rendering):
    for job in rendering.of("Job"):
        spec, name = job["spec"], job["metadata"]["name"]
        rules = spec.get("podFailurePolicy", {}).get("rules", [])
        if not any(rule["action"] == "FailJob" and rule.get("onExitCodes") for rule in rules):
            yield f"{name} tries again what cannot succeed"
        if not any(rule["action"] == "Ignore" and rule.get("onPodConditions") for rule in rules):
            yield f"{name} counts an evicted pod as a failure"
        for key in ("ttlSecondsAfterFinished", "backoffLimit", "activeDeadlineSeconds"):
            if key not in spec:
                yield f"{name} has no {key}"
        if spec["template"]["spec"].get("restartPolicy") != "Never":
            yield f"{name}: podFailurePolicy needs restartPolicy Never"


def one_version(rendering):
    """Labels and tags of a rendering name one release."""
    found = {pod.labels.get(VERSION) for component in ("service", "migration")
             for pod in rendering.pods(component)}
    tags = {match[1] for component in ("service", "migration") for pod in rendering.pods(component)
            for match in [re.search(r":([\w.-]+)$", pod.spec["containers"][0]["image"])]
            if match and "@" not in pod.spec["containers"][0]["image"]}
    if len(found | tags) != 1:
        yield f"versions differ: {sorted(map(str, found | tags))}"


def autoscaled(rendering):
    return {doc["spec"]["scaleTargetRef"]["name"]: doc["spec"]
            for doc in rendering.of("HorizontalPodAutoscaler")}


def one_says_how_many(rendering):
    """An autoscaler or replicas, never both, never neither."""
    scaled = autoscaled(rendering)
    for doc in rendering.of("Deployment"):
        name = doc["metadata"]["name"]
        if (name in scaled) == ("replicas" in doc["spec"]):
            yield f"{name}: both or neither of autoscaler and replicas"
    wanted = bool(rendering.components & {"autoscaling", "autoscaling-queue-wait"})
    if set(scaled) != ({f"crm-{service}" for service in SERVICES} if wanted else set()):
        yield f"autoscaled are {sorted(scaled)}"


def never_one_replica(rendering):
    for doc in rendering.of("Deployment"):
        if doc["spec"].get("replicas", 2) < 2:
            yield f"{doc['metadata']['name']} has one replica"
    for name, spec in autoscaled(rendering).items():
        if not 2 <= spec.get("minReplicas", 1) <= spec["maxReplicas"]:
            yield f"{name} may go down to one replica"


def scales_by_what_it_says(rendering):
    kinds = {"autoscaling": ["Resource"], "autoscaling-queue-wait": ["Resource", "Pods"]}
    for component in rendering.components & kinds.keys():
        for name, spec in autoscaled(rendering).items():
            if [metric["type"] for metric in spec["metrics"]] != kinds[component]:
                yield f"{name} does not scale as {component} says"


def most_connections(rendering):
    """How many connections all pods may hold at once, a roll's extra pod included."""
    scaled = autoscaled(rendering)
    total = 0
    for pod in rendering.pods("service"):
        service = pod.name.removeprefix("crm-")
        spec = pod.owner["spec"]
        most = scaled[pod.name]["maxReplicas"] if pod.name in scaled else spec.get("replicas", 1)
        surge = spec["strategy"]["rollingUpdate"]["maxSurge"]
        cpu = pod.spec["containers"][0]["resources"]["requests"]["cpu"]
        total += (most + surge) * pool.connections(service, cpu)
    return total


def connections_suffice(rendering):
    """max_connections of a PostgreSQL inside holds all replicas at most times their pools."""
    for doc in rendering.of("Cluster", "StatefulSet"):
        if doc["kind"] == "Cluster":
            offered = int(doc["spec"]["postgresql"]["parameters"]["max_connections"])
        elif doc["metadata"]["name"] == "crm-postgres":
            args = " ".join(doc["spec"]["template"]["spec"]["containers"][0]["args"])
            offered = int(re.search(r"max_connections=(\d+)", args)[1])
        else:
            continue
        needed = most_connections(rendering) + pool.RESERVED
        if needed > offered:
            yield f"{needed} connections may be needed, {offered} are offered"


def memory_is_what_was_tried(rendering):
    """tests/fault/memory_test.cc fills the services and sees them stay below this limit."""
    tried = pool.constant("tests/fault/memory_test.cc", r"kLimitMib = (\d+)")[1]
    for pod in rendering.pods("service"):
        limit = pod.spec["containers"][0]["resources"]["limits"]["memory"]
        if limit != f"{tried}Mi":
            yield f"{pod.name} may have {limit}, tried were {tried}Mi"


def evictions_are_bounded(rendering):
    budgets = {doc["metadata"]["name"]: doc for doc in rendering.of("PodDisruptionBudget")}
    wanted = set()
    if "disruption-budgets" in rendering.components:
        wanted |= {f"crm-{service}" for service in SERVICES}
    if "redis-sentinel" in rendering.components:
        wanted |= {"crm-redis", "crm-sentinel"}
    if set(budgets) != wanted:
        yield f"budgets are {sorted(budgets)}"
    for name, doc in budgets.items():
        spec = doc["spec"]
        if spec.get("maxUnavailable") != 1 or spec.get("unhealthyPodEvictionPolicy") != "AlwaysAllow":
            yield f"budget {name} may block a drain"
        if {pod.name for pod in selected(rendering, selector_of(doc))} != {name}:
            yield f"budget {name} counts other pods"


RULES = (rolls_without_a_gap, selectors_hold_no_version, selectors_are_apart,
         every_service_has_two_addresses, services_say_what_they_speak, neighbours_are_balanced,
         every_service_migrates, migrations_carry_the_version, migrations_hold_no_hash, jobs_end,
         one_version, one_says_how_many, never_one_replica, scales_by_what_it_says,
         connections_suffice, memory_is_what_was_tried, evictions_are_bounded)
