"""Renders the combinations of overlays and components and judges each by every rule."""

import copy
import json
import os
import unittest

import kustomize
import plants
import renderings
import schemas

EVERY_ONE = os.environ.get("CRM_K8S_ALL") == "1"


def rendered():
    """(renderings, errors). Skips where kustomize is not to be had."""
    try:
        program = kustomize.path(renderings.BUILD)
    except kustomize.CannotBeHad as error:
        raise unittest.SkipTest(f"kustomize 5.6 cannot be had here: {error}") from error
    return renderings.render_all(program, EVERY_ONE)


def unique_documents():
    found = {}
    for rendering in rendered()[0]:
        for doc in rendering.docs:
            found.setdefault(json.dumps(doc, sort_keys=True), (doc, rendering))
    return found.values()


def the(overlay, components):
    return next(one for one in rendered()[0]
                if one.overlay == overlay and one.components == components)


class ManifestsTest(unittest.TestCase):
    maxDiff = None

    def test_every_combination_renders(self):
        found, errors = rendered()
        self.assertEqual(errors, [])
        self.assertGreaterEqual(len(found), 100)

    def test_every_component_stands_alone_and_with_all_others(self):
        for overlay in renderings.OVERLAYS:
            sets = {one.components for one in rendered()[0] if one.overlay == overlay}
            for name in renderings.COMPONENTS:
                self.assertIn(frozenset({name}), sets)
                self.assertTrue(any(name in one for one in renderings.everything() if one in sets))

    def test_every_document_is_valid(self):
        faults = {fault: str(rendering) for doc, rendering in unique_documents()
                  for fault in schemas.faults(doc)}
        self.assertEqual(faults, {})

    def test_a_rendering_is_always_the_same(self):
        first = the("local", renderings.own_components("local"))
        again = renderings.run([kustomize.path(renderings.BUILD), "build",
                                renderings.BUILD / "tree/k8s/overlays/local-0"])
        self.assertEqual([renderings.parse(part) for part in again.split("\n---\n")], first.docs)

    def test_every_rule_has_a_violation(self):
        self.assertEqual(set(plants.RULES), set(plants.PLANTS))


class StrictnessTest(unittest.TestCase):
    """The schemas refuse what a server would refuse or silently drop."""

    def faults_with(self, change):
        deployment = copy.deepcopy(the("local", renderings.own_components("local"))
                                   .get("Deployment", "crm-lead"))
        self.assertEqual(schemas.faults(deployment), [])
        change(deployment)
        return schemas.faults(deployment)

    def test_refuses_an_unknown_field(self):
        self.assertTrue(self.faults_with(lambda doc: doc["spec"].update(minReadySecond=1)))

    def test_refuses_a_wrong_type(self):
        self.assertTrue(self.faults_with(lambda doc: doc["spec"].update(replicas="2")))

    def test_refuses_a_missing_field(self):
        self.assertTrue(self.faults_with(lambda doc: doc["spec"].pop("selector")))

    def test_refuses_an_unknown_kind(self):
        self.assertTrue(self.faults_with(lambda doc: doc.update(apiVersion="apps/v1beta1")))


def held(rule):
    def test(self):
        broken = {violation: str(rendering) for rendering in rendered()[0]
                  for violation in rule(rendering)}
        self.assertEqual(broken, {})
    return test


def noticed(rule):
    """The rule notices its violation in a rendering in which it holds."""
    def test(self):
        for components in renderings.everything():
            if {"postgres-cnpg", "redis-sentinel", "autoscaling"} <= components:
                rendering = copy.deepcopy(the("production", components))
        plants.PLANTS[rule](rendering)
        self.assertTrue(list(rule(rendering)))
    return test


class RuleTest(unittest.TestCase):
    maxDiff = None


class ViolationTest(unittest.TestCase):
    pass


for one in plants.RULES:
    setattr(RuleTest, f"test_{one.__name__}", held(one))
    setattr(ViolationTest, f"test_{one.__name__}_is_noticed", noticed(one))
