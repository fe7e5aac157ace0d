"""What the single components promise."""

from pod_rules import COMPONENT
from renderings import SERVICES


def postgres_loses_no_commit(rendering):
    for doc in rendering.of("Cluster"):
        spec = doc["spec"]
        wanted = {"method": "any", "number": 1, "dataDurability": "required", "failoverQuorum": True}
        if spec["instances"] != 3 or spec["postgresql"].get("synchronous") != wanted:
            yield "a commit may be acknowledged that no standby has"


def postgres_is_backed_up(rendering):
    for doc in rendering.of("Cluster"):
        plugins = {plugin["name"]: plugin for plugin in doc["spec"].get("plugins", [])}
        archiver = plugins.get("barman-cloud.cloudnative-pg.io", {})
        store = archiver.get("parameters", {}).get("barmanObjectName")
        if not archiver.get("isWALArchiver") or not rendering.get("ObjectStore", store):
            yield "WAL goes to no object store"
        if "backup" in doc["spec"]:
            yield "backups by the deprecated field of the Cluster"
        backups = rendering.of("ScheduledBackup")
        if len(backups) != 1 or backups[0]["spec"].get("method") != "plugin":
            yield "no backup by the plugin is scheduled"


def postgres_is_watched(rendering):
    for doc in rendering.of("Cluster"):
        monitor = rendering.get("PodMonitor", "crm-postgres")
        wanted = {"matchLabels": {"cnpg.io/cluster": doc["metadata"]["name"]}}
        if not monitor or monitor["spec"]["selector"] != wanted:
            yield "CloudNativePG's pods are not scraped"
        if "enablePodMonitor" in doc["spec"].get("monitoring", {}):
            yield "the PodMonitor is CloudNativePG's, which is deprecated"


def postgres_pods_are_limited(rendering):
    for doc in rendering.of("Cluster"):
        resources = doc["spec"].get("resources", {})
        memory = resources.get("requests", {}).get("memory")
        if not memory or memory != resources["limits"].get("memory") or "cpu" in resources["limits"]:
            yield "CloudNativePG's pods: memory request and limit differ, or CPU is limited"
        if doc["spec"].get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield "CloudNativePG's pods have no seccomp profile"
        if doc["spec"].get("affinity", {}).get("podAntiAffinityType") != "required":
            yield "CloudNativePG's pods may share a node"


def postgres_speaks_tls(rendering):
    """With CloudNativePG: verified by the URLs, refused in plain text by the server."""
    for doc in rendering.of("Cluster"):
        if "hostnossl all all all reject" not in doc["spec"]["postgresql"].get("pg_hba", []):
            yield "PostgreSQL takes connections in plain text"
        for component in ("service", "migration", "bootstrap"):
            for pod in rendering.pods(component):
                items = [volume["secret"].get("items") for volume in pod.spec.get("volumes", [])
                         if volume.get("secret", {}).get("secretName") == "crm-postgres-ca"]
                if items != [[{"key": "ca.crt", "path": "ca.crt"}]]:
                    yield f"{pod.name} does not get the authority's certificate, and it alone"


def redis_keeps_streams(rendering):
    inside = rendering.components & {"redis-trial", "redis-sentinel"}
    texts = [text for doc in rendering.of("ConfigMap")
             if doc["metadata"]["name"].startswith("crm-redis-")
             for name, text in doc["data"].items() if name == "redis.conf"]
    if len(texts) != len(inside):
        yield "Redis has no configuration"
    for text in texts:
        lines = set(text.splitlines())
        for line in ("maxmemory-policy noeviction", "appendonly yes",
                     "aclfile /etc/redis/users.acl"):
            if line not in lines:
                yield f"Redis runs without {line}"


def redis_fails_over(rendering):
    if "redis-sentinel" not in rendering.components:
        return
    for name in ("crm-redis", "crm-sentinel"):
        doc = rendering.get("StatefulSet", name)
        if not doc or doc["spec"]["replicas"] != 3:
            yield f"{name} is not three"
    scripts = [doc["data"] for doc in rendering.of("ConfigMap") if "sentinel.sh" in doc["data"]]
    if not scripts or "min-replicas-to-write 1" not in scripts[0]["redis.sh"]:
        yield "a primary that no replica follows takes writes"


def certificates_name_the_services(rendering):
    if "tls" not in rendering.components:
        return
    for service in SERVICES:
        certificate = rendering.get("Certificate", f"crm-{service}")
        spec = certificate["spec"] if certificate else {}
        if set(spec.get("dnsNames", [])) != {f"crm-{service}", f"crm-headless-{service}"}:
            yield f"{service}: the certificate is for other names"
        if not {"server auth", "client auth"} <= set(spec.get("usages", [])):
            yield f"{service}: the certificate is not for both sides"
        pod = next(pod for pod in rendering.pods("service") if pod.name == f"crm-{service}")
        mounted = [volume["secret"]["secretName"] for volume in pod.spec.get("volumes", [])
                   if volume["name"] == "tls"]
        if mounted != [spec.get("secretName")]:
            yield f"{service} mounts {mounted}"


def routes_lead_to_services(rendering):
    if "gateway" not in rendering.components:
        return
    routes = {doc["metadata"]["name"]: doc["spec"] for doc in rendering.of("GRPCRoute")}
    hosts = [host for spec in routes.values() for host in spec.get("hostnames", [])]
    if len(hosts) != 3 or len(set(hosts)) != 3:
        yield f"the hosts are {hosts}"
    for service in SERVICES:
        rules = routes.get(f"crm-{service}", {}).get("rules", [])
        if rules != [{"backendRefs": [{"name": f"crm-{service}", "port": 7000}]}]:
            yield f"{service} has no route"


def services_are_scraped(rendering):
    if "monitoring" not in rendering.components:
        return
    monitor = rendering.get("PodMonitor", "crm")
    selector = monitor["spec"]["selector"]["matchLabels"] if monitor else {"none": ""}
    ports = [end["port"] for end in monitor["spec"]["podMetricsEndpoints"]] if monitor else []
    found = {pod.name for pod in rendering.pods() if selector.items() <= pod.labels.items()}
    if found != {f"crm-{service}" for service in SERVICES} or ports != ["metrics"]:
        yield f"scraped are {sorted(found)} at {ports}"
    relabelings = [{"sourceLabels": ["__meta_kubernetes_pod_label_app_kubernetes_io_name"],
                    "targetLabel": "job"}]
    if monitor and monitor["spec"]["podMetricsEndpoints"][0].get("relabelings") != relabelings:
        yield "the job is not the program, as rules and dashboards expect"


def has_rules_and_dashboards(rendering):
    if "monitoring" not in rendering.components:
        return
    if not any(doc["spec"].get("groups") for doc in rendering.of("PrometheusRule")):
        yield "no alert rules"
    boards = [doc for doc in rendering.of("ConfigMap")
              if doc["metadata"].get("labels", {}).get("grafana_dashboard") == "1"]
    if not boards:
        yield "no dashboards"
    for board in boards:
        if sum(map(len, board["data"].values())) > 250_000:
            yield f"{board['metadata']['name']} is too large for kubectl apply"


def stores_are_labelled(rendering):
    """The policies find stores by these labels; CloudNativePG sets name and component itself."""
    wanted = {"crm-postgres": ("crm-store", "postgres"), "crm-redis": (COMPONENT, "redis"),
              "crm-sentinel": (COMPONENT, "sentinel")}
    for doc in rendering.of("StatefulSet"):
        key, value = wanted[doc["metadata"]["name"]]
        if doc["spec"]["template"]["metadata"]["labels"].get(key) != value:
            yield f"{doc['metadata']['name']} is not labelled {key}={value}"
    for doc in rendering.of("Cluster"):
        if doc["spec"].get("inheritedMetadata", {}).get("labels", {}).get("crm-store") != "postgres":
            yield "CloudNativePG's pods are not labelled as PostgreSQL"


RULES = (postgres_loses_no_commit, postgres_is_backed_up, postgres_is_watched,
         postgres_pods_are_limited, postgres_speaks_tls, redis_keeps_streams, redis_fails_over,
         certificates_name_the_services, routes_lead_to_services, services_are_scraped,
         has_rules_and_dashboards, stores_are_labelled)
