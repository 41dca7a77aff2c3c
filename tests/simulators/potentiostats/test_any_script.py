"""Scripts that nobody would write: whatever arrives, the instrument answers and is right again afterwards."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.emstat_bench import EmStatBench

WORDS = (
    'v w a[0] a[n] a n ab ba da db eb zz 0 1 -1 2i 0x3 100m 200k 5 3700m 1E 0.5 "text" f"{v}" f"{v" == <= > & '
    "nscans(2) time(v) eis_acdc(v,w,v,w) add_meas(0,ab,v) eis_tdd(a,a,v,w,0) ocp(v)"
)
NAMES = (
    "store_var copy_var add_var sub_var mul_var div_var bit_and_var int_to_float float_to_int alter_vartype "
    "set_pgstat_chan set_pgstat_mode set_max_bandwidth set_range set_range_minmax set_autoranging set_cr set_pot_range "
    "set_e set_i cell_on cell_off set_acquisition_frac set_script_output file_open file_close set_gpio_cfg set_gpio "
    "get_gpio get_gpio_msk pck_start pck_add pck_end send_string timer_start timer_get set_int wait await_int meas "
    "hibernate meas_loop_ca meas_loop_cp meas_loop_ocp meas_loop_lsv meas_loop_lsp meas_loop_cv meas_loop_eis "
    "meas_loop_geis var array if elseif else endif loop endloop breakloop abort on_finished: unknown"
)


def command(name: str, words: list[str]) -> str:
    return " ".join([name, *(word.replace(",", " ") for word in words)])


LINES = st.builds(command, st.sampled_from(NAMES.split()), st.lists(st.sampled_from(WORDS.split()), max_size=9))
SENSIBLE = st.sampled_from(
    [
        "set_pgstat_mode 3",
        "set_pgstat_mode 6",
        "cell_on",
        "cell_off",
        "if v > w",
        "loop v < 5",
        "add_var v 1",
        "breakloop",
        "abort",
        "pck_start",
        "pck_add v",
        "pck_end",
        "wait 1",
        "meas_loop_ca v w 3700m 1 3",
        "meas_loop_cp v w 1m 1 3",
        "meas_loop_ocp v 1 3",
        "meas_loop_eis v w v 10m 1k 1 3 3700m",
        "meas_loop_cv v w 3 4 3 500m 1 nscans(2)",
        "endloop",
        "endif",
        "else",
        "on_finished:",
    ]
)
PREAMBLE = "var v\nvar w\nvar n\narray a 3i\nstore_var n 1i ja\n"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(LINES | SENSIBLE, min_size=1, max_size=12))
@example(["set_pgstat_mode 6", "cell_on", "loop v < 5", "meas_loop_cp v w 1m 1 3", "abort", "endloop", "endloop"])
def test_instrument_survives_any_script(lines: list[str]) -> None:
    bench = EmStatBench()
    bench.client.write(b"e\n" + (PREAMBLE + "\n".join(lines)).encode("ascii") + b"\n\n")
    said = bench.client.read(30.0)
    assert said.startswith((b"e\n", b"e!"))
    if bench.engine.running:
        said += bench.client.ask(b"Z\n", 2000.0)
    if bench.engine.running:
        return  # an endless loop behind on_finished cannot be aborted
    assert said.endswith(b"\n")
    assert said.startswith(b"e!") or said.endswith(b"\n\n")
    bench.client.read(bench.client.now + 1.0)
    assert bench.client.ask(b"i\n") == b"iES4HR20B0008\n"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(max_size=20) | st.sampled_from([b"\n", b"e\n", b"l\n", b"Z\n", b"var p\n"]), max_size=10))
def test_instrument_survives_any_bytes(chunks: list[bytes]) -> None:
    bench = EmStatBench()
    for chunk in chunks:
        bench.client.ask(chunk, 0.2)
    bench.client.ask(b"\n\nZ\n", 1.0)
    assert bench.client.ask(b"i\n") == b"iES4HR20B0008\n"
