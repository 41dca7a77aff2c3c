"""A small proxy that stands between any client and any server and does what fault rules say."""

from operando.simulators.proxy.rules_file import ProxyRules, read_rules
from operando.simulators.proxy.tcp import TcpProxy
from operando.simulators.proxy.udp import UdpProxy

__all__ = ["ProxyRules", "TcpProxy", "UdpProxy", "read_rules"]
