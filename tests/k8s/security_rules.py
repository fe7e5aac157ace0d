"""What the component tls switches on, and what is off without it."""

from pod_environment import environment
from renderings import SERVICES

FILES = {"CRM_TLS_CERT": "/etc/crm/tls/tls.crt", "CRM_TLS_KEY": "/etc/crm/tls/tls.key",
         "CRM_TLS_CA": "/etc/crm/tls/ca.crt", "CRM_JWKS_FILE": "/etc/crm/jwks/jwks.json"}


def services_of(rendering):
    """(service, pod, flags) of each."""
    for pod in rendering.pods("service"):
        yield pod.name.removeprefix("crm-"), pod, environment(rendering, pod.spec["containers"][0])


def uris_of(rendering, service):
    certificate = rendering.get("Certificate", f"crm-{service}") or {"spec": {}}
    return certificate["spec"].get("uris", [])


def all_or_nothing(rendering):
    """TLS and tokens go together: a token in plain text is anybody's."""
    secured = "tls" in rendering.components
    for service, _, flags in services_of(rendering):
        if {name for name in FILES if name in flags} != (set(FILES) if secured else set()):
            yield f"{service} has some of the flags of tls"
        if flags.get("CRM_AUTH", "none") != ("token" if secured else "none"):
            yield f"{service} asks callers for {flags.get('CRM_AUTH')}"
        if flags.get("CRM_ALLOW_INSECURE_LISTEN") != ("false" if secured else "true"):
            yield f"{service} may listen in plain text or cannot listen"


def files_are_mounted(rendering):
    """What the flags name is in the pod, and its user can read it."""
    if "tls" not in rendering.components:
        return
    for service, pod, flags in services_of(rendering):
        mounts = {mount["mountPath"]: mount["name"]
                  for mount in pod.spec["containers"][0].get("volumeMounts", [])}
        volumes = {volume["name"]: volume for volume in pod.spec.get("volumes", [])}
        for name, path in FILES.items():
            if flags.get(name) != path or path.rsplit("/", 1)[0] not in mounts:
                yield f"{service}: {name} is {flags.get(name)}, which is not mounted"
        certificate = volumes.get(mounts.get("/etc/crm/tls"), {}).get("secret", {})
        if certificate.get("defaultMode") != 0o440:
            yield f"{service}: its key is not for its group alone"
        security = pod.spec["securityContext"]
        if security.get("fsGroup") != security["runAsGroup"]:
            yield f"{service} cannot read its key"
        if volumes.get(mounts.get("/etc/crm/jwks"), {}).get("configMap") != {"name": "crm-jwks"}:
            yield f"{service} does not get the provider's keys"


def tokens_are_of_one_provider(rendering):
    if "tls" not in rendering.components:
        return
    said = {(flags.get("CRM_TOKEN_ISSUER", ""), flags.get("CRM_TOKEN_AUDIENCE", ""))
            for _, _, flags in services_of(rendering)}
    if len(said) != 1 or not all(issuer.startswith("https://") and audience for issuer, audience in said):
        yield f"tokens are accepted of {sorted(said)}"


def neighbours_are_trusted(rendering):
    """The others' certificates, and nobody else's."""
    for service, _, flags in services_of(rendering):
        trusted = sorted(filter(None, flags.get("CRM_TRUSTED_PEERS", "").split(",")))
        wanted = sorted(uri for other in SERVICES if other != service
                        for uri in uris_of(rendering, other)) if "tls" in rendering.components else []
        if trusted != wanted:
            yield f"{service} trusts {trusted}"


def names_are_spiffe(rendering):
    if "tls" not in rendering.components:
        return
    for service in SERVICES:
        if uris_of(rendering, service) != [f"spiffe://crm/{service}"]:
            yield f"{service} is called {uris_of(rendering, service)} in its certificate"


def gateway_speaks_tls(rendering):
    """To each service by a name that is in its certificate, and trusts the authority alone."""
    policies = {doc["spec"]["targetRefs"][0]["name"]: doc["spec"]
                for doc in rendering.of("BackendTLSPolicy")}
    wanted = {f"crm-{service}" for service in SERVICES} if "gateway-tls" in rendering.components else set()
    if set(policies) != wanted:
        yield f"by TLS are reached {sorted(policies)}"
    for name, spec in policies.items():
        certificate = rendering.get("Certificate", name)
        if certificate and spec["validation"].get("hostname") not in certificate["spec"]["dnsNames"]:
            yield f"{name}: the gateway asks for another name"
        if spec["validation"].get("caCertificateRefs") != [
                {"group": "", "kind": "ConfigMap", "name": "crm-authority"}]:
            yield f"{name}: the gateway trusts others than the authority"


RULES = (all_or_nothing, files_are_mounted, tokens_are_of_one_provider, neighbours_are_trusted,
         names_are_spiffe, gateway_speaks_tls)
