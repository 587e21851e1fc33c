import json
import os
import signal
import sys
import time
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from optimizer.ui import jobs
from optimizer.ui.jobs import JobPool, State, home_folder
from optimizer.ui.progress import read_progress

STAND_IN = (sys.executable, str(Path(__file__).with_name("stand_in_solver.py")))


@pytest.fixture
def scenario(tmp_path):
    def make(**orders):
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        file.write_text(json.dumps(orders), encoding="utf-8")
        return file

    return make


@contextmanager
def running_pool(home):
    pool = JobPool(home, STAND_IN).start()
    try:
        yield pool
    finally:
        for job in pool.jobs():
            pool.cancel(job.id)
        pool.close()


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def state(pool, job_id):
    return pool.job(job_id).state


def submit(pool, file, time_limit=60):
    return pool.submit(file, "a name", time_limit, "0.001")


def test_a_job_runs_and_leaves_its_plan_and_progress(tmp_path, scenario):
    with running_pool(tmp_path / "home") as pool:
        job_id = submit(pool, scenario(seconds=0.3))
        wait_for(lambda: state(pool, job_id).over)
        job = pool.job(job_id)
        assert (job.state, job.plan.read_text()) == (State.DONE, "a plan")
        progress = read_progress(job.progress)
        assert len(progress.points) > 3
        assert progress.last.incumbent > 100
        assert progress.message == "searching"
        assert 0.2 < job.seconds < 20


@pytest.mark.parametrize(
    "orders, ends",
    [
        ({"plan": False, "code": 1}, State.NO_PLAN),
        ({"plan": False, "code": 2, "say": "scenario.yaml:3:1: IN001"}, State.FAILED),
        ({"plan": False, "code": 139}, State.FAILED),
    ],
)
def test_how_a_job_without_a_plan_ended_is_told_by_its_exit_code(tmp_path, scenario, orders, ends):
    with running_pool(tmp_path / "home") as pool:
        job_id = submit(pool, scenario(**orders))
        wait_for(lambda: state(pool, job_id).over)
        assert state(pool, job_id) is ends
        assert ("IN001" in str(read_progress(pool.job(job_id).progress).log)) == ("say" in orders)


def test_one_job_runs_and_the_others_wait_in_order(tmp_path, scenario):
    with running_pool(tmp_path / "home") as pool:
        first, second, third = (submit(pool, scenario(seconds=s)) for s in (30, 0.1, 0.1))
        wait_for(lambda: state(pool, first) is State.RUNNING)
        assert [state(pool, second), state(pool, third)] == [State.QUEUED, State.QUEUED]
        assert pool.ahead_of(pool.job(third)) == 2
        pool.cancel(first)
        wait_for(lambda: state(pool, third).over)
        assert pool.job(second).started >= pool.job(first).ended
        assert pool.job(third).started >= pool.job(second).ended


def test_cancel_keeps_the_plan_of_a_running_job_and_drops_a_waiting_one(tmp_path, scenario):
    with running_pool(tmp_path / "home") as pool:
        first, second = submit(pool, scenario(seconds=60)), submit(pool, scenario(seconds=60))
        wait_for(lambda: state(pool, first) is State.RUNNING and read_progress(pool.job(first).progress).points)
        pool.cancel(second)
        assert state(pool, second) is State.CANCELLED
        pool.cancel(first)
        wait_for(lambda: state(pool, first).over)
        assert state(pool, first) is State.DONE
        assert pool.job(first).seconds < 20
        assert state(pool, second) is State.CANCELLED


def test_a_cancelled_job_without_a_plan_is_cancelled_not_failed(tmp_path, scenario):
    with running_pool(tmp_path / "home") as pool:
        job_id = submit(pool, scenario(seconds=60, plan=False, code=1))
        wait_for(lambda: read_progress(pool.job(job_id).progress).points)
        pool.cancel(job_id)
        wait_for(lambda: state(pool, job_id).over)
        assert state(pool, job_id) is State.CANCELLED


def test_a_job_that_does_not_listen_is_killed(tmp_path, scenario, monkeypatch):
    monkeypatch.setattr(jobs, "PATIENCE_SECONDS", 0.3)
    with running_pool(tmp_path / "home") as pool:
        job_id = submit(pool, scenario(seconds=60, deaf=True))
        wait_for(lambda: read_progress(pool.job(job_id).progress).points)
        pool.cancel(job_id)
        wait_for(lambda: state(pool, job_id).over)
        assert pool.job(job_id).seconds < 30


def test_a_job_that_overruns_its_time_is_stopped_with_its_plan(tmp_path, scenario, monkeypatch):
    monkeypatch.setattr(jobs, "OVERRUN_SECONDS", 0.2)
    with running_pool(tmp_path / "home") as pool:
        job_id = submit(pool, scenario(seconds=60), time_limit=0.2)
        wait_for(lambda: state(pool, job_id).over)
        assert state(pool, job_id) is State.DONE


def test_a_new_server_finds_what_runs_and_what_waits(tmp_path, scenario):
    home = tmp_path / "home"
    before = JobPool(home, STAND_IN).start()
    first, second = submit(before, scenario(seconds=1.5)), submit(before, scenario(seconds=0.1))
    wait_for(lambda: before.job(first).pid is not None and read_progress(before.job(first).progress).points)
    before.close()
    with running_pool(home) as after:
        assert state(after, first) is State.RUNNING
        wait_for(lambda: state(after, second).over)
        assert [state(after, first), state(after, second)] == [State.DONE, State.DONE]
        assert after.job(second).started >= after.job(first).ended


def test_a_new_server_can_cancel_what_the_old_one_started(tmp_path, scenario):
    home = tmp_path / "home"
    before = JobPool(home, STAND_IN).start()
    job_id = submit(before, scenario(seconds=60))
    wait_for(lambda: before.job(job_id).pid is not None and read_progress(before.job(job_id).progress).points)
    before.close()
    with running_pool(home) as after:
        after.cancel(job_id)
        wait_for(lambda: state(after, job_id).over)
        assert state(after, job_id) is State.DONE


@pytest.mark.parametrize("cancelled, ends", [(False, State.FAILED), (True, State.CANCELLED)])
def test_a_job_whose_process_died_unseen_is_over_and_its_number_is_left_alone(tmp_path, scenario, cancelled, ends):
    home = tmp_path / "home"
    before = JobPool(home, STAND_IN).start()
    job_id = submit(before, scenario(seconds=60))
    wait_for(lambda: before.job(job_id).pid is not None)
    before.close()
    os.kill(before.job(job_id).pid, signal.SIGKILL)
    wait_for(lambda: not jobs._is_locked(before.job(job_id).progress))
    killed = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs.os, "kill", lambda *call: killed.append(call))
        if cancelled:
            JobPool(home, STAND_IN).cancel(job_id)
        with running_pool(home) as after:
            wait_for(lambda: state(after, job_id).over)
            assert state(after, job_id) is ends
    assert killed == []


def test_two_servers_on_one_folder_run_each_job_once_and_one_at_a_time(tmp_path, scenario):
    home = tmp_path / "home"
    with running_pool(home) as one, running_pool(home) as other:
        ids = [submit(pool, scenario(seconds=0.2)) for pool in (one, other, one, other)]
        wait_for(lambda: all(state(one, i).over for i in ids))
        done = sorted((one.job(i) for i in ids), key=lambda job: job.started)
        assert {job.state for job in done} == {State.DONE}
        assert all(a.ended <= b.started for a, b in pairwise(done))


def test_newest_is_the_last_plan_of_that_scenario(tmp_path, scenario):
    with running_pool(tmp_path / "home") as pool:
        file, other = scenario(), scenario(plan=False, code=1)
        ids = [submit(pool, f) for f in (file, file, other)]
        wait_for(lambda: all(state(pool, i).over for i in ids))
        assert pool.newest(file).id == ids[1]
        assert pool.newest(other) is None
        assert [job.id for job in pool.jobs()] == ids[::-1]
        assert pool.job("nobody") is None


def test_a_command_that_cannot_start_is_a_failed_job_that_says_why(tmp_path, scenario):
    pool = JobPool(tmp_path / "home", [str(tmp_path / "no such program")]).start()
    job_id = submit(pool, scenario())
    wait_for(lambda: state(pool, job_id).over)
    pool.close()
    assert state(pool, job_id) is State.FAILED
    assert "no such program" in read_progress(pool.job(job_id).progress).log[0]


def test_home_follows_the_variable_then_the_platform(monkeypatch, tmp_path):
    monkeypatch.setenv("FLEETPLAN_HOME", str(tmp_path))
    assert home_folder() == tmp_path
    monkeypatch.delenv("FLEETPLAN_HOME")
    monkeypatch.setattr(jobs.sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert home_folder() == tmp_path / "data" / "fleetplan"
    monkeypatch.setattr(jobs.sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert home_folder() == tmp_path / "local" / "fleetplan"
    monkeypatch.setattr(jobs.sys, "platform", "darwin")
    assert home_folder().parts[-3:] == ("Library", "Application Support", "fleetplan")


def test_progress_survives_half_lines_and_strange_lines(tmp_path):
    file = tmp_path / "progress.jsonl"
    file.write_text(
        '{"event": "progress", "incumbent": null, "bound": "12.5", "gap": null, "seconds": 0.1, "message": "a"}\n'
        '{"event": "progress", "incumbent": 7, "bound": 8, "gap": 0.1, "seconds": 0.2, "message": ""}\n'
        '{"event": "other"}\nTraceback\n\n{"event": "progress", "incumb',
        encoding="utf-8",
    )
    progress = read_progress(file)
    assert [point.incumbent for point in progress.points] == [None, 7.0]
    assert progress.points[0].bound == 12.5
    assert progress.message == "a"
    assert progress.log == ('{"event": "other"}', "Traceback")
    assert read_progress(tmp_path / "none").last is None
