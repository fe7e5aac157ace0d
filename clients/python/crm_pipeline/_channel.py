"""Channels to the three servers, of grpc or of grpc.aio."""

import json
import pathlib

import grpc

from crm_pipeline._methods import METHODS
from crm_pipeline._settings import SERVERS

_MAX_RECEIVE = 64 << 20  # a batch of 1000 leads with their verdicts stays far below


def service_config() -> str:
    """Short breaks are bridged by gRPC: round robin over a name's addresses, servers that drain are left,
    up to 4 attempts on UNAVAILABLE. What lasts longer is bridged by the calls, until their deadline."""
    services = sorted({path.split("/")[1] for path in METHODS})
    policy = {"maxAttempts": 4, "initialBackoff": "0.05s", "maxBackoff": "1s", "backoffMultiplier": 2,
              "retryableStatusCodes": ["UNAVAILABLE"]}
    return json.dumps({"loadBalancingConfig": [{"round_robin": {}}], "healthCheckConfig": {"serviceName": ""},
                       "methodConfig": [{"name": [{"service": service} for service in services],
                                         "retryPolicy": policy}]})


def open_channels(settings, library=grpc):
    """{server: channel} of those that have an address; nothing connects before the first call."""
    options = [("grpc.service_config", service_config()), ("grpc.service_config_disable_resolution", 1),
               ("grpc.enable_retries", 1), ("grpc.max_receive_message_length", _MAX_RECEIVE),
               ("grpc.dns_min_time_between_resolutions_ms", 2000),
               ("grpc.initial_reconnect_backoff_ms", 200), ("grpc.max_reconnect_backoff_ms", 2000)]
    credentials = _credentials(settings)
    targets = {server: getattr(settings, server) for server in SERVERS if getattr(settings, server)}
    if credentials is None:
        return {server: library.insecure_channel(target, options) for server, target in targets.items()}
    return {server: library.secure_channel(target, credentials, options) for server, target in targets.items()}


def _credentials(settings):
    if not settings.tls_ca:
        return None
    authority, key, certificate = (pathlib.Path(path).read_bytes() if path else None for path in
                                   (settings.tls_ca, settings.tls_key, settings.tls_cert))
    return grpc.ssl_channel_credentials(authority, key, certificate)
