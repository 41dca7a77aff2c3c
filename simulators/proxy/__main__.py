"""`python -m operando.simulators.proxy ADDRESS --rules FILE`: a proxy before a server, until Ctrl-C."""

import argparse
import asyncio
import sys
from pathlib import Path

from operando.drivers.clock import RealClock
from operando.drivers.errors import ConfigMismatch, OperandoError
from operando.drivers.links import Address
from operando.simulators.faults import WireFaults
from operando.simulators.proxy import TcpProxy, UdpProxy, read_rules

__all__ = ["main"]


def proxy_to(address: Address, faults: WireFaults) -> TcpProxy | UdpProxy:
    """The proxy for the address of a server.

    Raises:
        ConfigMismatch: if it is neither `tcp://host:port` nor `udp://host:port`.
    """
    match address.scheme, address.port:
        case "tcp", int(port):
            return TcpProxy(RealClock(), faults, address.place, port)
        case "udp", int(port):
            return UdpProxy(RealClock(), faults, address.place, port)
    raise ConfigMismatch(f"{address} cannot be proxied", remedy="Write tcp://host:port or udp://host:port.")


async def _stand_between(proxy: TcpProxy | UdpProxy, server: Address) -> None:
    await proxy.open()
    sys.stdout.write(f"{proxy.address} -> {server}; Ctrl-C ends it\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await proxy.close()


def main() -> int:
    """Run the proxy; 2 if what was given is wrong."""
    parser = argparse.ArgumentParser(prog="python -m operando.simulators.proxy", description=__doc__)
    parser.add_argument("address", help="of the server: tcp://host:port or udp://host:port")
    parser.add_argument("--rules", type=Path, required=True, help="a YAML file with fault rules")
    given = parser.parse_args()
    try:
        server = Address.parse(given.address)
        proxy = proxy_to(server, read_rules(given.rules).faults())
    except OperandoError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    try:
        asyncio.run(_stand_between(proxy, server))
    except KeyboardInterrupt:
        sys.stderr.write("the proxy is gone\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
