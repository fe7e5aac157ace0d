"""What the dashboards are made of: panels, rows, variables, and the JSON that Grafana (9.5 or later) reads.

A panel is a dictionary without id and place; `dashboard` numbers and places them, row by row, 24 columns wide.
"""

# Every panel takes what the variables select.
SELECTED = 'namespace=~"$namespace", job=~"$job"'
GREEN, YELLOW, RED, BLUE = "green", "yellow", "red", "blue"
SOURCE = {"type": "prometheus", "uid": "${source}"}


def selected(metric, *more):
    return f"{metric}{{{', '.join([SELECTED, *more])}}}"


def rate(metric, *more, window="$__rate_interval"):
    return f"rate({selected(metric, *more)}[{window}])"


def total(metric, by, *more, window="$__rate_interval"):
    return f"sum by ({by}) ({rate(metric, *more, window=window)})"


def quantile(q, metric, by="job"):
    return f"histogram_quantile({q}, {total(metric + '_bucket', by + ', le')})"


def largest(metric, by="job", *more):
    return f"max by ({by}) ({selected(metric, *more)})"


def or_zero(expression, shape):
    """`expression`, and 0 for the groups of `shape` that it knows nothing of."""
    return f"({expression} or 0 * {shape})"


def steps(*pairs):
    """Thresholds: ("green", None), ("red", 5) is green, and red from 5."""
    return {"mode": "absolute", "steps": [{"color": color, "value": value} for color, value in pairs]}


CALM = steps((GREEN, None))


def beyond(red, yellow=None):
    return steps((GREEN, None), *([(YELLOW, yellow)] if yellow is not None else []), (RED, red))


def below(red, yellow):
    return steps((RED, None), (YELLOW, red), (GREEN, yellow))


def _targets(queries, instant):
    found = []
    for number, (expression, legend) in enumerate(queries):
        found.append({"refId": chr(ord("A") + number), "datasource": SOURCE, "expr": expression,
                      "legendFormat": legend, "instant": instant, "range": not instant})
    return found


def _panel(kind, title, description, queries, unit, thresholds, custom, options, *, instant=False, width):
    return {"type": kind, "title": title, "description": description, "datasource": SOURCE,
            "targets": _targets(queries, instant),
            "fieldConfig": {"defaults": {"unit": unit, "thresholds": thresholds, "custom": custom},
                            "overrides": []},
            "options": options, "width": width}


def stat(title, description, queries, unit="short", thresholds=CALM, width=4):
    """The newest value, coloured by the thresholds."""
    return _panel("stat", title, description, queries, unit, thresholds, {},
                  {"reduceOptions": {"calcs": ["lastNotNull"], "values": False, "fields": ""},
                   "colorMode": "value", "graphMode": "area", "textMode": "auto"}, width=width)


def graph(title, description, queries, unit="short", thresholds=CALM, width=8, stack=False):
    """Lines over time; thresholds beyond green are drawn as lines."""
    custom = {"drawStyle": "line", "fillOpacity": 20 if stack else 5, "showPoints": "never",
              "stacking": {"mode": "normal" if stack else "none", "group": "A"},
              "thresholdsStyle": {"mode": "dashed" if len(thresholds["steps"]) > 1 else "off"}}
    return _panel("timeseries", title, description, queries, unit, thresholds, custom,
                  {"legend": {"displayMode": "table", "placement": "bottom", "calcs": ["lastNotNull", "max"]},
                   "tooltip": {"mode": "multi", "sort": "desc"}}, width=width)


def table(title, description, queries, unit="short", thresholds=CALM, width=12):
    """The series of now, one a line."""
    panel = _panel("table", title, description, queries, unit, thresholds, {"align": "auto"},
                   {"showHeader": True, "cellHeight": "sm"}, instant=True, width=width)
    for target in panel["targets"]:
        target["format"] = "table"
    panel["transformations"] = [{"id": "organize", "options": {"excludeByName": {"Time": True, "__name__": True}}}]
    return panel


def row(title, *panels, height=7):
    return {"title": title, "panels": panels, "height": height}


def variable(name, label, query, *, all_value, description):
    return {"name": name, "label": label, "description": description, "type": "query", "datasource": SOURCE,
            "query": {"query": query, "refId": name}, "definition": query, "refresh": 2, "sort": 1,
            "multi": True, "includeAll": True, "allValue": all_value,
            "current": {"selected": True, "text": ["All"], "value": ["$__all"]}}


def _variables(more):
    return [
        {"name": "source", "label": "Prometheus", "description": "Which Prometheus is asked.",
         "type": "datasource", "query": "prometheus", "refresh": 1},
        variable("namespace", "Environment", 'label_values(up{job=~"crm-.+"}, namespace)', all_value=".*",
                 description="Namespaces; outside Kubernetes there is none."),
        variable("job", "Service", 'label_values(up{job=~"crm-.+", namespace=~"$namespace"}, job)',
                 all_value="crm-.+", description="crm-contact, crm-lead, crm-opportunity."),
        *more]


def _placed(rows):
    found, y = [], 0
    for group in rows:
        found.append({"type": "row", "title": group["title"], "collapsed": False, "panels": [],
                      "gridPos": {"x": 0, "y": y, "w": 24, "h": 1}})
        x, y = 0, y + 1
        for panel in group["panels"]:
            width = panel["width"]
            if x + width > 24:
                x, y = 0, y + group["height"]
            found.append({**{key: value for key, value in panel.items() if key != "width"},
                          "gridPos": {"x": x, "y": y, "w": width, "h": group["height"]}})
            x += width
        y += group["height"]
    return [{"id": number, **panel} for number, panel in enumerate(found, 1)]


def dashboard(uid, title, description, rows, *, variables=(), since="now-3h", refresh="30s"):
    return {"uid": uid, "title": title, "description": description, "tags": ["crm"], "timezone": "browser",
            "schemaVersion": 38, "version": 1, "editable": False, "graphTooltip": 1, "refresh": refresh,
            "time": {"from": since, "to": "now"}, "templating": {"list": _variables(variables)},
            "annotations": {"list": [{
                "name": "Alerts", "datasource": SOURCE, "enable": True, "iconColor": RED,
                "expr": 'ALERTS{alertname=~"Crm.+", alertstate="firing"}', "titleFormat": "{{alertname}} {{job}}"}]},
            "links": [{"title": "CRM dashboards", "type": "dashboards", "tags": ["crm"], "asDropdown": True,
                       "includeVars": True, "keepTime": True}],
            "panels": _placed(rows)}
