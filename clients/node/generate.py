#!/usr/bin/python3
"""Makes gen/: the messages with their types, by protoc and protoc-gen-es, and a class of typed methods for
each server."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PROTO = HERE.parents[1] / "proto"
sys.path.insert(0, str(HERE.parent))
import methods as methods_of  # noqa: E402

NOTE = "// Made from the protos by clients/node/generate.py.\n"
PLUGIN = HERE / "node_modules/.bin/protoc-gen-es"


def camel(name):
    return re.sub(r"_(\w)", lambda letter: letter.group(1).upper(), name)


def run_protoc(out):
    names = methods_of.protos(PROTO) + ["google/rpc/error_details.proto", "google/rpc/status.proto"]
    subprocess.run(["protoc", f"-I{PROTO}", f"--plugin=protoc-gen-es={PLUGIN}", f"--es_out={out}",
                    "--es_opt=target=js+dts,import_extension=js", *names], check=True)


def write_packages(out):
    """gen/lead.js has all of crm.lead.v1, and so on."""
    for folder in sorted(out.glob("crm/*/v1")):
        names = sorted(path.name for path in folder.glob("*_pb.js"))
        text = NOTE + "".join(f'export * from "./{(folder / name).relative_to(out)}";\n' for name in names)
        for end in ("js", "d.ts"):
            (out / f"{folder.parent.name}.{end}").write_text(text)


def imports(known, type_only=False):
    word = "import type" if type_only else "import"
    return "".join(f'{word} * as {name} from "./{name}.js";\n' for name in sorted({each.package for each in known}))


def write_servers(out, known):
    text = NOTE + 'import { Server } from "../lib/server.js";\n' + imports(known)
    for server in methods_of.SERVERS:
        own = [each for each in known if server in each.servers]
        text += f"\nconst {server}Methods = {{\n"
        for each in own:
            text += (f"  {camel(each.name)}: {{ path: \"{each.path}\", request: {each.package}.{each.request}Schema,\n"
                     f"    response: {each.package}.{each.response}Schema, seconds: {each.seconds}, "
                     f"ids: \"{camel(each.ids)}\", items: \"{camel(each.items)}\" }},\n")
        text += f"}};\n\nexport class {server.capitalize()} extends Server {{\n  static methods = {server}Methods;\n"
        for each in own:
            text += (f"  {camel(each.name)}(request, options) {{\n"
                     f"    return this.call({server}Methods.{camel(each.name)}, request, options);\n  }}\n")
        text += "}\n"
    (out / "servers.js").write_text(text)


def write_types(out, known):
    text = NOTE + 'import type { MessageInitShape } from "@bufbuild/protobuf";\n' + \
        'import type { CallOptions, Server } from "../lib/index.js";\n' + imports(known, type_only=True)
    for server in methods_of.SERVERS:
        own = [each for each in known if server in each.servers]
        text += f"\nexport interface {server.capitalize()}Lists {{\n"
        for each in own:
            if each.items:
                text += (f"  {camel(each.name)}: [MessageInitShape<typeof {each.package}.{each.request}Schema>, "
                         f"{each.package}.{each.response}[\"{camel(each.items)}\"][number]];\n")
        text += f"}}\n\nexport declare class {server.capitalize()} extends Server<{server.capitalize()}Lists> {{\n"
        for each in own:
            text += (f"  /** {each.summary or each.method}. */\n"
                     f"  {camel(each.name)}(request: MessageInitShape<typeof {each.package}.{each.request}Schema>,\n"
                     f"    options?: CallOptions): Promise<{each.package}.{each.response}>;\n")
        text += "}\n"
    (out / "servers.d.ts").write_text(text)


def main():
    out = HERE / "gen"
    if not PROTO.exists():
        return  # installed from a packed file, which has it
    fresh = HERE / f"gen.{os.getpid()}"
    fresh.mkdir()
    try:
        run_protoc(fresh)
        write_packages(fresh)
        known = methods_of.load_methods(PROTO)
        write_servers(fresh, known)
        write_types(fresh, known)
        services = sorted({each.path.split("/")[1] for each in known})
        (fresh / "services.js").write_text(
            NOTE + "export const services = [\n" + "".join(f'  "{each}",\n' for each in services) + "];\n")
        shutil.rmtree(out, ignore_errors=True)
        fresh.rename(out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


main()
