"""A Redis that sentinels watch over: its address, and bells that ring again after the master died. Real servers."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from bot import embedded_redis, processes, redis_address, redis_state
from bot.doctor import machines
from bot.doctor.signs import look
from bot.errors import QueueUnreachable, SettingWrong
from bot.hotline import build
from bot.queue import QUEUE, Queue
from bot.redis_address import Watched
from tests.line import settings
from workers.run import Worker

PATIENCE = 25.0  # seconds
PASSWORD = "a bell@tower"
IN_THE_ADDRESS = "a%20bell%40tower"
SERVICE = "bells"


def until(true: Callable[[], object]) -> None:
    limit = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.05)


@dataclass
class Servers:
    """A master, its replica, and sentinels that agree when two of them see the master dead."""

    sentinels: tuple[int, ...]
    running: dict[int, "subprocess.Popen[bytes]"]

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.sentinels)
        return f"redis+sentinel://:{IN_THE_ADDRESS}@{hosts}/{SERVICE}/2"

    def kill(self, port: int) -> None:
        os.killpg(self.running[port].pid, signal.SIGKILL)
        self.running[port].wait()

    def master(self) -> int:
        """The port of the master that the last sentinel names."""
        with redis.Redis(port=self.sentinels[-1], decode_responses=True) as one:
            return int(one.sentinel_get_master_addr_by_name(SERVICE)[1])


@pytest.fixture
def servers() -> Iterator[Servers]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="puente-sentinel-")))
        watch = stack.enter_context(processes.guarded())
        running: dict[int, subprocess.Popen[bytes]] = {}
        stack.callback(lambda: processes.stop(*running.values(), grace=3.0))

        def start(port: int, rows: str, *more: str) -> None:
            config = folder / f"{port}.conf"
            config.write_text(f"port {port}\nbind 127.0.0.1\ndir {folder}\n{rows}\n")
            command = [str(embedded_redis.find_program()), str(config), *more]
            log = stack.enter_context((folder / f"{port}.log").open("wb"))
            running[port] = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
            watch(running[port].pid)
            until(lambda: _answers(port))

        secret = f'requirepass "{PASSWORD}"\nmasterauth "{PASSWORD}"\nsave ""\nrepl-diskless-sync-delay 0\n'
        master, replica, *sentinels = _free_ports(5)
        start(master, f"{secret}maxmemory-policy noeviction\nappendonly no")
        start(replica, f"{secret}maxmemory-policy noeviction\nreplicaof 127.0.0.1 {master}")
        until(lambda: _copies(replica))  # before the sentinels look, or they would look again after ten seconds
        rows = (
            f"sentinel monitor {SERVICE} 127.0.0.1 {master} 2\n"
            f'sentinel auth-pass {SERVICE} "{PASSWORD}"\n'
            f"sentinel down-after-milliseconds {SERVICE} 1000\nsentinel failover-timeout {SERVICE} 5000\n"
            f"sentinel known-replica {SERVICE} 127.0.0.1 {replica}\n"
        )
        for port in sentinels:
            known = [f"sentinel known-sentinel {SERVICE} 127.0.0.1 {one} {one:040x}" for one in {*sentinels} - {port}]
            start(port, "\n".join([f"sentinel myid {port:040x}", rows, *known]), "--sentinel")
        until(lambda: all(_sees_all(port) for port in sentinels))
        yield Servers(tuple(sentinels), running)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:  # all held at once, or one could be given twice
        held = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(one.getsockname()[1]) for one in held]


def _answers(port: int) -> bool:
    try:
        with redis_address.client(f"redis://127.0.0.1:{port}", connect=1, timeout=1) as one:
            return bool(one.ping())
    except redis.AuthenticationError:
        return True
    except redis.RedisError:
        return False


def _copies(port: int) -> bool:
    with redis.Redis(port=port, password=PASSWORD, decode_responses=True) as one:
        return bool(one.info("replication")["master_link_status"] == "up")


def _sees_all(port: int) -> bool:
    """Whether this sentinel knows the replica, well connected, and both other sentinels."""
    with redis.Redis(port=port, decode_responses=True) as one:
        state = one.sentinel_master(SERVICE)
        replicas = one.sentinel_slaves(SERVICE)
        return bool(state["num-other-sentinels"] == 2 and any(each["master-link-status"] == "ok" for each in replicas))


def test_bells_ring_again_after_the_master_died(servers: Servers, tmp_path: Path) -> None:
    queue = Queue(servers.url)
    assert queue.put("deliver", 1)
    first = servers.master()
    began = time.monotonic()
    servers.kill(first)

    until(lambda: queue.put("deliver", 2))
    assert time.monotonic() - began < PATIENCE
    assert servers.master() != first
    heard = queue.listen()
    assert next(heard) is None  # it listens
    queue.announce(7)
    change = next(heard)
    assert change and change.thread_id == 7
    queue.beat("worker")
    assert queue.beats("worker")
    assert _waiting(servers.url) >= 1

    state = redis_state.ask(servers.url)
    assert not state.replica, "the doctor looks at the new master"
    embedded_redis.wait_for(servers.url)
    config = settings(tmp_path, REDIS_URL=servers.url)
    assert {check.name: check.state for check in machines.redis(look(config))}["Redis"] == "good"


def test_a_worker_goes_on_with_the_new_master(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its blocking wait when the master dies; it is there for the next bell."""
    from threading import Thread

    from workers import jobs

    done: list[int] = []
    monkeypatch.setattr("bot.line.delivery.deliver", lambda line, thread: done.append(thread))
    monkeypatch.setattr(jobs, "hotline", lambda: None)
    queue = Queue(servers.url)
    worker = _worker(queue)
    thread = Thread(target=worker.work, kwargs={"max_jobs": 2, "logging_level": "CRITICAL"}, daemon=True)
    thread.start()
    assert queue.put("deliver", 1)
    until(lambda: done == [1] and worker.get_state() == "idle")
    servers.kill(servers.master())
    until(lambda: queue.put("deliver", 2))
    until(lambda: 2 in done)
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_sentinels_that_are_silent_or_know_no_such_name(servers: Servers) -> None:
    nobody = f"redis+sentinel://127.0.0.1:{_free_ports(1)[0]}/{SERVICE}/0"
    other = servers.url.replace(f"/{SERVICE}/", "/whistles/")
    for url in (nobody, other):
        assert not Queue(url).put("deliver", 1)
        with pytest.raises(QueueUnreachable, match="no sentinel that answers knows a living master") as told:
            redis_state.ask(url)
        assert "bell%40" not in str(told.value) and "Sentinel" not in str(told.value)
        with pytest.raises(QueueUnreachable, match="does not answer at redis") as told:
            embedded_redis.wait_for(url, patience=0.3)
        assert IN_THE_ADDRESS not in str(told.value)


def test_one_sentinel_that_is_away_is_passed_over(servers: Servers) -> None:
    servers.kill(servers.sentinels[0])
    assert Queue(servers.url).put("deliver", 1)


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("redis+sentinel://a/m", Watched((("a", 26379),), "m", 0, False, None, None, None)),
        (
            "rediss+sentinel://u:p%2Fw@a:1,[::1]:2/m/3?sentinel_password=s%40",
            Watched((("a", 1), ("::1", 2)), "m", 3, True, "u", "p/w", "s@"),
        ),
    ],
)
def test_an_address_of_sentinels(url: str, read: Watched) -> None:
    redis_address.check(url)
    assert redis_address.read_sentinel(url) == read


@pytest.mark.parametrize(
    "url",
    [
        "redis+sentinel://",
        "redis+sentinel://:secret@/m/0",
        "redis+sentinel://:secret@host:26379",
        "redis+sentinel://:secret@host:26379/",
        "redis+sentinel://:secret@host:port/m/0",
        "redis+sentinel://:secret@host/m/zero",
        "redis+sentinel://:secret@host/m/0/1",
        "redis+sentinel://:secret@host/m/0?password=secret",
        "sentinel://:secret@host/m/0",
        "http://:secret@host/",
        "redis://:secret@host:port/0",
        "redis://:secret@",
        "unix://",
        "secret",
    ],
)
def test_what_is_no_address_is_said_at_the_start(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingWrong, match="REDIS_URL") as told:
        build(settings(tmp_path, REDIS_URL=url))
    assert "secret" not in str(told.value)
    with pytest.raises(SettingWrong):
        embedded_redis.wait_for(url)
    seen = look(settings(tmp_path, REDIS_URL=url))
    assert [(check.name, check.state) for check in machines.redis(seen)] == [("Redis", "bad")]


def test_a_silent_redis_holds_a_bell_up_for_a_moment_only(redis_url: str) -> None:
    """Frozen, not dead: it takes connections and answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        queue = Queue(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        began = time.monotonic()
        assert not queue.put("deliver", 1)
        first = time.monotonic() - began
        began = time.monotonic()
        assert not queue.put("deliver", 1)  # and the next ones do not wait at all
        assert time.monotonic() - began < first / 2
    assert first < 5.0
    assert Queue(redis_url).put("deliver", 1)


def _worker(queue: Queue) -> Worker:
    from rq.serializers import JSONSerializer

    return Worker([QUEUE], connection=queue.connection(), serializer=JSONSerializer)


def _waiting(url: str) -> int:
    with redis_address.client(url, connect=2, timeout=2) as client:
        return int(client.llen(f"rq:queue:{QUEUE}"))
