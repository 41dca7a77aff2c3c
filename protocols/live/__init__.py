"""The live page: see a run, going on or finished, in a browser, and steer it.

The page is a process of its own. It reads the record as any live reader does, and asks the runner over one small local
channel; when it dies, the run does not notice. What it shows is in `watch`, who may look and steer in `access`, what
the browser gets in `assets`.
"""

from operando.protocols.live.options import PageOptions

__all__ = ["PageOptions"]
