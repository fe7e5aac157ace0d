"""Makes the parts of crm_pipeline that come from the protos: messages with their types, and a class of
typed methods for each server, blocking and asyncio.

The messages become crm_pipeline.lead.v1.lead_pb2 and so on. google.rpc is declared by other packages
too, and two declarations of one name cannot be loaded into one process; here it is crm.rpc, the same on
the wire.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))
import methods as methods_of  # noqa: E402

NOTE = '"""Made from the protos by clients/python/generate.py."""\n\n'

CLASS = '''
class {kind}{Server}(_{module}.Calls):
    """The methods of the {server} server."""

    _SERVER = "{server}"
'''

METHOD = '''
    {define} {name}(self, request: _{package}.{request}, *,
    {pad}timeout: _typing.Optional[float] = None) -> _{package}.{response}:
        """{summary}."""
        return {wait}self._call(_methods["{path}"], request, timeout)
'''


def generate(package):
    """Writes into the folder `package`, which becomes crm_pipeline."""
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        write_protos(folder / "protos")
        run_protoc(folder / "protos", folder / "python")
        take(folder / "python/crm", package)
    known = methods_of.load_methods()
    (package / "_methods.py").write_text(method_table(known))
    (package / "_blocking.py").write_text(method_classes(known, blocking=True))
    (package / "_asyncio.py").write_text(method_classes(known, blocking=False))


def write_protos(folder):
    for path in (ROOT / "proto").rglob("*.proto"):
        name = str(path.relative_to(ROOT / "proto")).replace("google/rpc/", "crm/rpc/v1/")
        text = path.read_text().replace('"google/rpc/', '"crm/rpc/v1/')
        text = re.sub(r"\bgoogle\.rpc\b", "crm.rpc.v1", text)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def run_protoc(protos, out):
    out.mkdir()
    plugin = shutil.which("grpc_python_plugin")
    if plugin is None or shutil.which("protoc") is None:
        raise SystemExit("protoc or its plugin is missing: apt install protobuf-compiler protobuf-compiler-grpc")
    names = sorted(str(path.relative_to(protos)) for path in protos.rglob("*.proto"))
    subprocess.run(["protoc", f"-I{protos}", f"--python_out={out}", f"--pyi_out={out}", f"--grpc_out={out}",
                    f"--plugin=protoc-gen-grpc={plugin}", *names], check=True)


def take(stubs, package):
    """crm.lead.v1 becomes crm_pipeline.lead.v1, and crm_pipeline.lead has all its messages."""
    for path in sorted(stubs.rglob("*_pb2*.py*")):
        text = path.read_text()
        if path.name.endswith("_grpc.py") and "class " not in text:
            continue  # of a file without a service
        target = package / path.relative_to(stubs)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(re.sub(r"^(from|import) crm\.", r"\1 crm_pipeline.", text, flags=re.M))
    for folder in sorted(package.glob("*/v1")):
        (folder / "__init__.py").write_text("")
        imports = [f"from crm_pipeline.{folder.parent.name}.v1.{path.stem} import *  # noqa: F401,F403"
                   for path in sorted(folder.glob("*_pb2.py"))]
        (folder.parent / "__init__.py").write_text(NOTE + "\n".join(imports) + "\n")


def method_table(known):
    lines = [NOTE + "from crm_pipeline._method import Method"]
    packages = sorted({each.package for each in known})
    lines += [f"from crm_pipeline import {name} as _{name}" for name in packages]
    lines += ["", "METHODS = {method.path: method for method in ("]
    for each in known:
        lines.append(f'    Method("{each.path}", _{each.package}.{each.request}, _{each.package}.{each.response},\n'
                     f'           {each.seconds}, "{each.repeatable}", "{each.ids}", "{each.items}"),')
    lines += [")}", "BY_REQUEST = {method.request: method for method in METHODS.values()}"]
    return "\n".join(lines) + "\n"


def method_classes(known, blocking):
    module = "calls" if blocking else "aio_calls"
    packages = sorted({each.package for each in known})
    lines = [NOTE + "import typing as _typing\n", f"from crm_pipeline import _{module}",
             "from crm_pipeline._methods import METHODS as _methods"]
    lines += [f"from crm_pipeline import {name} as _{name}" for name in packages]
    text = "\n".join(lines) + "\n"
    define, wait, kind = ("def", "", "") if blocking else ("async def", "await ", "Async")
    for server in methods_of.SERVERS:
        text += "\n" + CLASS.format(kind=kind, Server=server.capitalize(), module=module, server=server)
        for each in known:
            if server in each.servers:
                pad = " " * len(f"{define} {each.name}(")
                text += METHOD.format(define=define, name=each.name, package=each.package, pad=pad, wait=wait,
                                      request=each.request, response=each.response, path=each.path,
                                      summary=each.summary or each.method)
    return text


if __name__ == "__main__":
    generate(pathlib.Path(sys.argv[1]))
