"""What the simulated ZEM is, and how long it takes for things. No hardware was at hand: the times are plausible."""

from dataclasses import dataclass

__all__ = ["SIZES", "ZemSettings"]

SIZES = {0: (512, 512), 1: (2048, 2048), 2: (1024, 1024), 3: (128, 128), 4: (1920, 1440), 5: (3840, 2880)}
"""Pictures by their numbers in Snap."""


@dataclass(slots=True)
class ZemSettings:
    """The microscope; change it at any time.

    Args:
        model: as it calls itself.
        sixteen_bits: of a pixel, otherwise 8.
        screen_um: field width times magnification.
        dwell_s: of the seven steps of averaging.
        scan_start_s: from Snap to the first line.
        beam_current_A: at the specimen.
        image_ip, image_port: of the picture server, as said in the reply to Snap.
        picture_server_down: Snap is refused with error code 5.
        stage_scatter_um: how far from its target a move may end.
    """

    model: str = "ZEM20"
    sixteen_bits: bool = True
    reply_delay_s: float = 4e-3
    screen_um: float = 127_000.0
    magnifications: tuple[int, int] = (100, 150_000)
    dwell_s: tuple[float, ...] = (200e-9, 400e-9, 800e-9, 1.6e-6, 3.2e-6, 6.4e-6, 12.8e-6)
    scan_start_s: float = 0.2
    beam_current_A: float = 100e-12
    emission_uA: float = 26.8173
    kilovolts: tuple[int, int] = (3, 15)
    switching_s: float = 5.0
    ramp_s_per_kV: float = 0.5
    working_distances_mm: tuple[float, float] = (3.0, 50.0)
    autofocus_s: float = 8.0
    autofocus_error_um: float = 3.0
    stage_um_per_s: float = 2000.0
    stage_settle_s: float = 0.2
    stage_limit_um: float = 25_000.0
    stage_scatter_um: float = 0.5
    image_ip: str = "0.0.0.0"
    image_port: int = 61558
    picture_server_down: bool = False
