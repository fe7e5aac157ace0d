"""Builds the images with buildah on a Debian base that is made here, without a registry."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("CRM_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
BINARIES = pathlib.Path(os.environ.get("CRM_BINARY_DIR", SOURCE / "build/dev"))
SERVICES = ("contact", "lead", "opportunity", "crmctl")
BASE = "localhost/crm-test-base"
COMPILING_BASE = "localhost/crm-test-compiling-base"

# What buildah says when a build beside it has just taken an intermediate image away; how often it
# may be built anew then.
GONE_MEANWHILE = "identifier is not an image"
ATTEMPTS = 3

# Of Debian's files those that no image takes and no build needs.
LEFT_OUT = ("man", "locale", "info", "i18n", "bug", "lintian", "bash-completion")


def run(*command, timeout=900, **options):
    """Output of a command; a RuntimeError with all that it said."""
    done = subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=timeout, check=False, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: code {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


def program(service):
    return service if service == "crmctl" else f"crm-{service}"


def require(what, *command):
    """Skips unless the command works here."""
    try:
        run(*command)
    except (OSError, RuntimeError, subprocess.TimeoutExpired) as error:
        last = str(error).strip().splitlines()[-1]
        raise unittest.SkipTest(f"{what}: {last}") from None


class Builder:
    """Images in a storage of their own, which goes with close()."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="crm-images-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.storage = ["--root", self.folder / "storage", "--runroot", self.folder / "run",
                        "--storage-driver", "vfs"]

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def buildah(self, *arguments):
        return run("buildah", *self.storage, *arguments).strip()

    def check_machine(self):
        if os.geteuid() != 0:
            raise unittest.SkipTest("images are built as root here")
        for tool in ("buildah", "mmdebstrap", "unshare", "chroot"):
            if shutil.which(tool) is None:
                raise unittest.SkipTest(f"{tool} is not installed")
        if 'VERSION_CODENAME=bookworm' not in pathlib.Path("/etc/os-release").read_text():
            raise unittest.SkipTest("the programs of this machine are not of Debian 12")
        require("mounting is not allowed here", "unshare", "--mount", "--propagation", "private",
                "bash", "-c", f"mount -t tmpfs tmpfs {self.folder}")

    def make_base(self, packages):
        """A minimal Debian with `packages` and no package manager, kept under build/."""
        options = ["--dpkgopt=path-exclude=/usr/share/doc/*", "--dpkgopt=path-include=/usr/share/doc/*/copyright"]
        options += [f"--dpkgopt=path-exclude=/usr/share/{part}/*" for part in LEFT_OUT]
        self.commit(debian(["--variant=essential", *options, f"--include={','.join(packages)}"]), BASE)

    def make_compiling_base(self):
        """As debian:bookworm-slim: Debian with apt, which takes packages from where this machine does."""
        self.commit(debian(["--variant=apt"]), COMPILING_BASE)

    def commit(self, archive, name):
        container = self.buildah("from", "scratch")
        self.buildah("add", "--quiet", container, archive, "/")
        self.buildah("commit", "--quiet", "--rm", container, name)
        probe = self.buildah("from", "--pull-never", name)
        require("buildah cannot run programs here", "buildah", *self.storage, "run", "--isolation", "chroot",
                probe, "--", "/bin/true")
        self.buildah("rm", probe)

    def build(self, *services):
        """From the programs of the build folder."""
        return self.run_build(*services, "--tag", "test", "--base", BASE, "--programs", BINARIES / "bin")

    def compile(self, service):
        """From the sources, as whoever has no Debian 12 does; up to an hour where others build too."""
        return self.run_build(service, "--tag", "compiled", "--base", COMPILING_BASE, "--mirror", mirror(),
                              timeout=3600)

    def run_build(self, *arguments, timeout=900):
        environment = dict(os.environ, CRM_BUILDAH_OPTIONS=" ".join(map(str, self.storage)),
                           CRM_BUILD_OPTIONS="--isolation chroot --layers=false --pull-never --quiet")
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return run(SOURCE / "deploy/docker/build", *arguments, "--engine", "buildah", env=environment,
                           timeout=timeout)
            except RuntimeError as error:
                if GONE_MEANWHILE not in str(error) or attempt == ATTEMPTS:
                    raise

    def settings(self, service):
        return json.loads(self.buildah("inspect", "--type", "image",
                                       f"localhost/{program(service)}:test"))["OCIv1"]

    def unpack(self, service):
        """The image's files."""
        container = self.buildah("from", "--pull-never", f"localhost/{program(service)}:test")
        return pathlib.Path(self.buildah("mount", container))


def debian(options):
    """An archive of Debian 12 from the machine's own sources, kept under build/."""
    sources = debian_sources()
    key = hashlib.sha256(repr((sources, options)).encode()).hexdigest()[:16]
    archive = BINARIES / "images" / f"base-{key}.tar"
    if not archive.exists():
        archive.parent.mkdir(parents=True, exist_ok=True)
        own = ["--dpkgopt=force-unsafe-io", *(f"--aptopt={line}" for line in proxies())]
        require("a Debian base cannot be made here", "mmdebstrap", "--mode=root", *own, *options, "bookworm",
                f"{archive}.new.tar", *sources)
        pathlib.Path(f"{archive}.new.tar").rename(archive)
    return archive


def runtime_packages():
    """The Debian packages of the libraries that the built programs load, of authorities and of time zones."""
    programs = [BINARIES / "bin" / program(service) for service in SERVICES]
    libraries = {os.path.realpath(path)
                 for path in re.findall(r"=> (/\S+)", run("ldd", *programs))}
    return sorted(packages_of(libraries) | {"ca-certificates", "tzdata"})


def packages_of(files):
    """The Debian packages that these files of this machine are from."""
    paths = [variant for path in map(os.path.realpath, files)
             for variant in (path, path.removeprefix("/usr"))]
    found = subprocess.run(["dpkg-query", "-S", *paths], text=True, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, check=False).stdout
    packages = {line.split(":")[0] for line in found.splitlines()}
    # Unpacked under build/ where it is not installed.
    if any("libopentelemetry_" in path for path in paths):
        packages.add("opentelemetry-cpp")
    return packages


def debian_sources():
    """Where apt has Debian 12 from, as lines of a sources.list."""
    targets = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)",
                  "Created-By: Packages").split("\n")
    lines = sorted({f"deb {line}" for line in targets if re.match(r"\S+ bookworm(-updates|-security)? main$", line)})
    if not lines:
        raise unittest.SkipTest("apt has no source for Debian 12")
    return [*lines, f"deb {mirror_of(lines)}/ bookworm-backports main"]


def mirror_of(lines):
    return next(line for line in lines if "security" not in line).split()[1].rstrip("/")


def mirror():
    return mirror_of(debian_sources())


def proxies():
    lines = run("apt-config", "dump", "--format", '%f "%v";%n', "Acquire::http::Proxy",
                "Acquire::https::Proxy").split("\n")
    return [line for line in lines if line.startswith("Acquire::") and '""' not in line]
