"""For each rule a violation: what somebody could do to a rendering that the rule must notice."""

import base64

import component_rules
import network_rules
import object_rules
import pod_rules
import security_rules
import workload_rules
from pod_rules import COMPONENT, VERSION


def pod(rendering, component="service"):
    return next(rendering.pods(component))


def container(rendering, component="service"):
    return pod(rendering, component).spec["containers"][0]


def deployment(rendering):
    return rendering.get("Deployment", "crm-lead")


def flags(rendering):
    return next(doc["data"] for doc in rendering.of("ConfigMap") if "CRM_LISTEN" in doc["data"])


def secured(rendering):
    return next(doc["data"] for doc in rendering.of("ConfigMap") if "CRM_AUTH" in doc["data"])


def cluster(rendering):
    return rendering.of("Cluster")[0]["spec"]


def policy(rendering, name):
    return rendering.get("NetworkPolicy", name)["spec"]


def spread(rendering):
    return pod(rendering).spec["topologySpreadConstraints"]


def drop(rendering, kind, name):
    rendering.docs.remove(rendering.get(kind, name))


def redis_conf(rendering):
    return next(doc["data"] for doc in rendering.of("ConfigMap") if "redis.conf" in doc["data"])


def service_secret(rendering):
    return next(doc for doc in rendering.of("Secret")
                if doc["metadata"]["name"].startswith("crm-secrets-"))


def add_env(rendering, name, value):
    container(rendering).setdefault("env", []).append({"name": name, "value": value})


def rename(rendering, old, new):
    """Renames a ConfigMap or Secret together with what refers to it."""
    def change(node):
        if isinstance(node, dict):
            return {key: change(value) for key, value in node.items()}
        if isinstance(node, list):
            return [change(value) for value in node]
        return new if node == old else node
    rendering.docs[:] = change(rendering.docs)


def in_pod(key, value):
    return lambda r: pod(r).spec.update({key: value})


def in_container(key, value):
    return lambda r: container(r).update({key: value})


def in_security(key, value):
    return lambda r: container(r)["securityContext"].update({key: value})


def in_cluster(key, value):
    return lambda r: cluster(r).update({key: value})


P, W, O, C, N = pod_rules, workload_rules, object_rules, component_rules, network_rules
S = security_rules
PLANTS = {
    P.runs_as_non_root: lambda r: pod(r).spec["securityContext"].update(runAsUser=0),
    P.ours_run_as_65532: lambda r: pod(r).spec["securityContext"].update(runAsUser=1000),
    P.has_seccomp: lambda r: pod(r).spec["securityContext"].pop("seccompProfile"),
    P.escalates_nothing: in_security("allowPrivilegeEscalation", True),
    P.drops_all_capabilities: in_security("capabilities", {"drop": ["ALL"], "add": ["NET_ADMIN"]}),
    P.root_is_read_only: lambda r: container(r)["securityContext"].pop("readOnlyRootFilesystem"),
    P.touches_no_host: in_pod("volumes", [{"name": "host", "hostPath": {"path": "/"}}]),
    P.has_no_token: lambda r: pod(r).spec.pop("automountServiceAccountToken"),
    P.memory_is_certain: lambda r: container(r)["resources"]["limits"].update(cpu="2"),
    P.spreads: lambda r: spread(r)[0].pop("matchLabelKeys"),
    P.services_spread_over_zones: lambda r: spread(r).pop(),
    P.probes_are_apart: lambda r: container(r)["livenessProbe"]["grpc"].pop("service"),
    P.probes_are_plain: lambda r: container(r)["ports"].pop(),
    P.stores_have_probes: lambda r: container(r, "redis").pop("startupProbe"),
    P.drain_fits_the_grace: lambda r: flags(r).update(CRM_DRAIN_GRACE="30s"),
    P.listens_where_its_ports_are: lambda r: flags(r).update(CRM_HEALTH_LISTEN="127.0.0.1:7001"),
    P.workers_follow_the_cpu: lambda r: container(r)["env"].clear(),
    P.no_links: lambda r: pod(r).spec.pop("enableServiceLinks"),
    P.runs_its_own_program: in_container("command", ["/usr/bin/crm-lead"]),
    P.labels_are_common: lambda r: pod(r).labels.pop(VERSION),

    W.rolls_without_a_gap: lambda r: deployment(r)["spec"]["strategy"]["rollingUpdate"].update(
        maxUnavailable=1),
    W.selectors_hold_no_version: lambda r: deployment(r)["spec"]["selector"]["matchLabels"].update(
        {VERSION: "0.1.0"}),
    W.selectors_are_apart: lambda r: deployment(r)["spec"]["selector"]["matchLabels"].pop(COMPONENT),
    W.every_service_has_two_addresses: lambda r: drop(r, "Service", "crm-headless-lead"),
    W.services_say_what_they_speak: lambda r: r.get("Service", "crm-lead")["spec"]["ports"][0].update(
        appProtocol="kubernetes.io/h2c"),
    W.neighbours_are_balanced: lambda r: next(
        doc["data"] for doc in r.of("ConfigMap") if "CRM_CONTACT_ADDRESS" in doc["data"]).update(
        CRM_CONTACT_ADDRESS="crm-contact:7000"),
    W.every_service_migrates: lambda r: container(r, "migration").update(image="crm-contact:0.0.9"),
    W.migrations_carry_the_version: lambda r: pod(r, "migration").owner["metadata"].update(
        name="crm-migrate-contact"),
    W.migrations_hold_no_hash: lambda r: container(r, "migration")["envFrom"].append(
        {"configMapRef": {"name": "crm-flags-contact-0123456789"}}),
    W.jobs_end: lambda r: pod(r, "migration").owner["spec"].pop("podFailurePolicy"),
    W.one_version: lambda r: pod(r).labels.update({VERSION: "0.0.9"}),
    W.one_says_how_many: lambda r: deployment(r)["spec"].update(replicas=3),
    W.never_one_replica: lambda r: r.get("HorizontalPodAutoscaler", "crm-lead")["spec"].pop(
        "minReplicas"),
    W.scales_by_what_it_says: lambda r: r.get("HorizontalPodAutoscaler", "crm-lead")["spec"][
        "metrics"].append({"type": "Pods"}),
    W.connections_suffice: lambda r: r.get("HorizontalPodAutoscaler", "crm-lead")["spec"].update(
        maxReplicas=60),
    W.memory_is_what_was_tried: lambda r: container(r)["resources"]["limits"].update(memory="64Mi"),
    W.evictions_are_bounded: lambda r: r.get("PodDisruptionBudget", "crm-lead")["spec"].pop(
        "unhealthyPodEvictionPolicy"),

    O.kinds_are_known: lambda r: r.docs.append(
        {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "crm"}}),
    O.names_are_unique: lambda r: r.docs.append(deployment(r)),
    O.namespace_is_restricted: lambda r: deployment(r)["metadata"].update(namespace="default"),
    O.references_exist: lambda r: r.docs.remove(service_secret(r)),
    O.nothing_is_left_over: lambda r: r.docs.append(
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "old"}, "data": {}}),
    O.changes_roll_the_pods: lambda r: rename(r, service_secret(r)["metadata"]["name"], "fixed"),
    O.volumes_are_mounted: in_pod("volumes", [{"name": "unused", "emptyDir": {}}]),
    O.passwords_are_in_secrets: lambda r: add_env(
        r, "CRM_REDIS_URL", f"redis://crm-lead:{r.passwords[0]}@redis"),
    O.secrets_are_made: lambda r: service_secret(r)["data"].update(CRM_REDIS_URL=""),
    O.roles_are_apart: lambda r: service_secret(r)["data"].update(CRM_DATABASE_URL=base64.b64encode(
        b"postgresql://postgres:secret@crm-postgres-rw/crm").decode()),
    O.images_are_pinned: in_container("image", "registry.example.com/crm/crm-contact:0.1.0"),

    C.postgres_loses_no_commit: lambda r: cluster(r)["postgresql"]["synchronous"].update(
        dataDurability="preferred"),
    C.postgres_is_backed_up: lambda r: cluster(r)["plugins"][0].pop("isWALArchiver"),
    C.postgres_is_watched: lambda r: drop(r, "PodMonitor", "crm-postgres"),
    C.postgres_pods_are_limited: in_cluster("resources", {"requests": {"memory": "1Gi"},
                                                          "limits": {"memory": "2Gi"}}),
    C.postgres_speaks_tls: lambda r: cluster(r)["postgresql"].pop("pg_hba"),
    C.redis_keeps_streams: lambda r: redis_conf(r).update(
        {"redis.conf": "maxmemory-policy allkeys-lru\nappendonly yes\n"}),
    C.redis_fails_over: lambda r: r.get("StatefulSet", "crm-sentinel")["spec"].update(replicas=1),
    C.certificates_name_the_services: lambda r: r.get("Certificate", "crm-lead")["spec"].update(
        dnsNames=["crm-lead"]),
    C.routes_lead_to_services: lambda r: r.get("GRPCRoute", "crm-lead")["spec"]["rules"][0][
        "backendRefs"][0].update(name="crm-contact"),
    C.services_are_scraped: lambda r: r.get("PodMonitor", "crm")["spec"]["selector"][
        "matchLabels"].pop(COMPONENT),
    C.has_rules_and_dashboards: lambda r: r.docs.remove(r.of("PrometheusRule")[0]),
    C.stores_are_labelled: lambda r: r.get("StatefulSet", "crm-redis")["spec"]["template"][
        "metadata"]["labels"].update({COMPONENT: "cache"}),

    S.all_or_nothing: lambda r: secured(r).pop("CRM_AUTH"),
    S.files_are_mounted: lambda r: pod(r).spec["securityContext"].pop("fsGroup"),
    S.tokens_are_of_one_provider: lambda r: flags(r).update(CRM_TOKEN_ISSUER="http://login.example.com"),
    S.neighbours_are_trusted: lambda r: flags(r).update(
        CRM_TRUSTED_PEERS=flags(r)["CRM_TRUSTED_PEERS"] + ",spiffe://crm/backend"),
    S.names_are_spiffe: lambda r: r.get("Certificate", "crm-lead")["spec"].update(
        uris=["spiffe://crm/contact"]),
    S.gateway_speaks_tls: lambda r: drop(r, "BackendTLSPolicy", "crm-lead"),

    N.only_what_is_meant: lambda r: policy(r, "crm-stores")["egress"].append(
        {"ports": [{"port": 443}]}),
    N.webhooks_reach_no_private_network: lambda r:
        policy(r, "crm-webhooks")["egress"][0]["to"][0]["ipBlock"]["except"].remove("10.0.0.0/8"),
    N.all_else_is_denied: lambda r: drop(r, "NetworkPolicy", "crm-default-deny"),
}
RULES = (*P.RULES, *W.RULES, *O.RULES, *C.RULES, *S.RULES, *N.RULES)
