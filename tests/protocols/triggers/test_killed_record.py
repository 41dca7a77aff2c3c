"""A run that was killed and resumed: two processes watched, and the record, asked again, gives what both have fired."""

from pathlib import Path

import pytest
from support.mortal_run import MortalRun
from support.run_protocols import HEAD, IMAGING

from operando.protocols.runner import Ending
from operando.protocols.triggers.firing import Outcome
from operando.protocols.triggers.rerun import rerun

PROTOCOL = (
    HEAD
    + """\
cycling:
  - {name: settle, step: Rest for 20 seconds}
  - {name: charge, step: Charge at C/10 for 90 seconds}
  - {name: discharge, step: Discharge at C/10 for 30 seconds}
"""
    + IMAGING
    + """\
when:
  - {every: 20 s, capture: overview}
  - {every: 25 s, during: charge, capture: overview}
  - {charge_passed: 1 uAh, during: charge, capture: overview}
  - {voltage: {rises_above: 3.58 V}, capture: overview, if_already: fire}
  - {just_before_end_of: charge, capture: overview}
  - {start_of: settle, capture: overview, once: true}
"""
)


@pytest.mark.parametrize("writes", [200, 340, 360, 378])
def test_both_processes_give_the_same_list_again(tmp_path: Path, writes: int) -> None:
    run = MortalRun(PROTOCOL, tmp_path / "run", without=("eds",))
    assert run.start(writes) is None
    assert rerun(run.folder).agrees, "before it was resumed"
    outcome = run.resume(down_s=12.0)
    assert outcome is not None and outcome.ending is Ending.COMPLETED, outcome
    again = rerun(run.folder)
    assert again.agrees, (again.missing, again.surplus)
    once = [one for one in again.recorded if one.trigger == 5 and one.outcome is Outcome.FIRED]
    assert len(once) == 1, "once in the run, however many processes it takes"
