"""Real servers and programs for a test, in a folder of their own, ended by its cleanups."""

import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time

SECONDS = 60  # most that anything may take to start or end on a busy machine


def interrupted(*_):
    """Ends the run and all that it started: unittest runs no cleanups then."""
    for servers in Servers.all:
        servers.close(10)
        shutil.rmtree(servers.folder, ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def free_port():
    """A loopback port that stays free until it is used (see the program)."""
    program = pathlib.Path(__file__).resolve().parents[2] / "deploy/local/free_ports"
    return int(subprocess.run([sys.executable, program, "1"], capture_output=True, text=True,
                              check=True, timeout=SECONDS).stdout)


def postgres_programs():
    return max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def as_server():
    """PostgreSQL refuses root: as root it runs as its package's user."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def await_true(what, condition, seconds=SECONDS):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} does not happen within {seconds} s")
        time.sleep(0.05)


class Servers:
    """What is started here is stopped by close(), last first."""

    all = []  # those that may have something running

    def __init__(self, folder):
        Servers.all.append(self)
        self.folder = pathlib.Path(folder)
        os.chmod(self.folder, 0o755)
        self.running = []

    def start(self, name, command, environment=None, stop=signal.SIGTERM):
        log = open(self.folder / f"{name}.log", "ab")
        process = subprocess.Popen(list(map(str, command)), cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=log, env=environment)
        log.close()
        self.running.append((process, stop))
        return process

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def close(self, seconds=SECONDS):
        for process, stop in reversed(self.running):
            if process.poll() is None:
                process.send_signal(stop)
        for process, _ in reversed(self.running):
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()

    def start_postgres(self, user, password):
        """Returns the port. Passwords count, as in a cluster."""
        folder, port, programs = self.folder / "postgres", free_port(), postgres_programs()
        folder.mkdir()
        (folder / "password").write_text(password)
        if os.geteuid() == 0:
            for path in (folder, folder / "password"):
                shutil.chown(path, "postgres")
        subprocess.run([*as_server(), programs / "initdb", "-D", folder / "data", "-U", user, "-E", "UTF8",
                        "--locale=C", "-A", "scram-sha-256", "--pwfile", folder / "password"],
                       cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=SECONDS)
        self.start("postgres", [*as_server(), programs / "postgres", "-D", folder / "data", "-p", port,
                                "-h", "127.0.0.1", "-k", "", "-c", "max_connections=300",
                                "-c", "fsync=off"], stop=signal.SIGINT)
        client = {"PGPASSWORD": password, "PATH": os.environ["PATH"], "PGHOST": "127.0.0.1",
                  "PGPORT": str(port), "PGUSER": user}
        await_true("PostgreSQL's start", lambda: subprocess.run(
            ["psql", "-X", "-q", "-d", "postgres", "-c", "CREATE DATABASE crm"], env=client,
            capture_output=True, check=False, timeout=SECONDS).returncode == 0)
        return port

    def start_redis(self, configuration, users):
        """Returns the port of a Redis with this redis.conf and users.acl."""
        port = free_port()
        (self.folder / "users.acl").write_text(users)
        text = configuration.replace("/etc/redis/users.acl", str(self.folder / "users.acl"))
        text = re.sub(r"^dir .*", f"dir {self.folder}", text, flags=re.M)
        (self.folder / "redis.conf").write_text(f"{text}\nport {port}\nbind 127.0.0.1\n")
        self.start("redis", ["redis-server", self.folder / "redis.conf"])
        await_true("Redis' start", lambda: "PONG" in redis(port, "probe", "any", "PING"))
        return port


def redis(port, user, password, *words):
    done = subprocess.run(["redis-cli", "-p", str(port), "--no-auth-warning", "--user", user, "--pass",
                           password, *words], capture_output=True, text=True, timeout=SECONDS,
                          check=False)
    return done.stdout + done.stderr
