"""Who may reach whom: the policies of a rendering, as edges, against the table of what is meant."""

from pod_rules import COMPONENT, NAME

EDGES = {  # (from, to): ports. "+" joins a pod's component and name, "@" a namespace.
    ("*", "k8s-app:kube-dns@kube-system"): {"53/UDP", "53/TCP"},
    ("crm-client:allowed", "service"): {"7000"},
    ("@crm-client:allowed", "service"): {"7000"},
    ("prometheus@monitoring", "service"): {"7002"},
    ("service+crm-contact", "service+crm-lead"): {"7000"},
    ("service+crm-contact", "service+crm-opportunity"): {"7000"},
    ("service+crm-lead", "service+crm-contact"): {"7000"},
    ("service+crm-lead", "service+crm-opportunity"): {"7000"},
    ("service+crm-opportunity", "service+crm-lead"): {"7000"},
    ("service+crm-opportunity", "service+crm-contact"): {"7000"},
    ("service", "crm-store:postgres"): {"5432"},
    ("migration", "crm-store:postgres"): {"5432"},
    ("bootstrap", "crm-store:postgres"): {"5432"},
    ("crm-store:postgres", "crm-store:postgres"): {"5432", "8000"},
    ("cloudnative-pg@cnpg-system", "crm-store:postgres"): {"8000"},
    ("prometheus@monitoring", "crm-store:postgres"): {"9187"},
    ("cnpg.io/cluster:crm-postgres", "0.0.0.0/0"): {"443", "6443"},
    ("cnpg.io/cluster:crm-postgres", "::/0"): {"443", "6443"},
    # Of what private networks hold nothing, see EXCEPT.
    ("crm-webhooks:on", "0.0.0.0/0"): {"443"},
    ("crm-webhooks:on", "::/0"): {"443"},
    ("service", "redis"): {"6379"},
    ("service", "sentinel"): {"26379"},
    ("redis", "redis"): {"6379"},
    ("redis", "sentinel"): {"26379"},
    ("sentinel", "redis"): {"6379"},
    ("sentinel", "sentinel"): {"26379"},
}
# What webhooks, whose URLs others choose, must not reach.
EXCEPT = {"0.0.0.0/0": {"10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
                        "192.168.0.0/16"},
          "::/0": {"fc00::/7", "fe80::/10"}}
# Whom no policy of ours binds: only the other side's policy says so.
OUTSIDE = ("@", "/0")


def labels_of(selector):
    """The alternatives of a selector, each as a text."""
    labels = dict(selector.get("matchLabels", {}))
    for one in selector.get("matchExpressions", []):
        assert one["operator"] == "In", one
        return [text for value in one["values"]
                for text in labels_of({"matchLabels": {**labels, one["key"]: value}})]
    if not labels:
        return ["*"]
    known = [labels.pop(key) for key in (COMPONENT, NAME) if key in labels]
    return ["+".join(known + [f"{key}:{value}" for key, value in sorted(labels.items())])]


def ends_of(peer):
    if "ipBlock" in peer:
        return [peer["ipBlock"]["cidr"]]
    pods = labels_of(peer["podSelector"]) if "podSelector" in peer else [""]
    if "namespaceSelector" not in peer:
        return pods
    names = dict(peer["namespaceSelector"]["matchLabels"])
    place = names.pop("kubernetes.io/metadata.name", None) or ",".join(
        f"{key}:{value}" for key, value in names.items())
    return [f"{pod}@{place}" for pod in pods]


def edges_of(rendering, direction, word):
    """{(from, to): ports} that policies allow, as the one side has it."""
    found = {}
    for policy in rendering.of("NetworkPolicy"):
        for own in labels_of(policy["spec"]["podSelector"]):
            for rule in policy["spec"].get(direction, []):
                # No peers or no ports would mean all.
                peers = [end for peer in rule.get(word) or [{"podSelector": {}}] for end in ends_of(peer)]
                ports = {f"{port['port']}/{port['protocol']}" if port.get("protocol") else str(port["port"])
                         for port in rule.get("ports") or [{"port": "any"}]}
                for end in peers:
                    edge = (own, end) if direction == "egress" else (end, own)
                    found.setdefault(edge, set()).update(ports)
    return found


def is_outside(end):
    return any(sign in end for sign in OUTSIDE)


def only_what_is_meant(rendering):
    if "network-policies" not in rendering.components:
        if rendering.of("NetworkPolicy"):
            yield "a policy of another component would shut out all else"
        return
    sides = {"egress": edges_of(rendering, "egress", "to"),
             "ingress": edges_of(rendering, "ingress", "from")}
    for direction, found in sides.items():
        side = 0 if direction == "egress" else 1
        wanted = {edge: ports for edge, ports in EDGES.items() if not is_outside(edge[side])}
        for edge in found.keys() | wanted.keys():
            if found.get(edge) != wanted.get(edge):
                yield (f"{direction} {edge[0]} to {edge[1]}: allowed {found.get(edge)}, "
                       f"meant {wanted.get(edge)}")


def all_else_is_denied(rendering):
    if "network-policies" not in rendering.components:
        return
    if not any(policy["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
               for policy in rendering.of("NetworkPolicy")):
        yield "nothing is denied by default"
    for policy in rendering.of("NetworkPolicy"):
        types = {kind.lower() for kind in policy["spec"]["policyTypes"]}
        if not types >= policy["spec"].keys() & {"ingress", "egress"}:
            yield f"{policy['metadata']['name']} has rules of a direction that it does not name"


def webhooks_reach_no_private_network(rendering):
    policy = rendering.get("NetworkPolicy", "crm-webhooks")
    for rule in policy["spec"]["egress"] if policy else []:
        for peer in rule["to"]:
            block = peer["ipBlock"]
            if not set(block.get("except", [])) >= EXCEPT[block["cidr"]]:
                yield f"webhooks may reach private addresses of {block['cidr']}"


RULES = (only_what_is_meant, all_else_is_denied, webhooks_reach_no_private_network)
