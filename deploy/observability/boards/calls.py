"""Queries about calls that several dashboards show."""

from boards.panels import or_zero, total

# As in alerts.yaml; why these, says docs/runbook.md.
FAILED = 'grpc_code=~"UNKNOWN|DEADLINE_EXCEEDED|RESOURCE_EXHAUSTED|INTERNAL|UNAVAILABLE|DATA_LOSS"'
HANDLED = "grpc_server_handled_total"


def failed(by="job", window="$__rate_interval"):
    return or_zero(total(HANDLED, by, FAILED, window=window), total(HANDLED, by, window=window))


def failed_ratio(by="job", window="$__rate_interval"):
    return f"{failed(by, window)} / {total(HANDLED, by, window=window)}"


def budget_left(window="30d"):
    """What is left of the 0.1 % that may fail."""
    return f"1 - {failed_ratio(window=window)} / 0.001"
