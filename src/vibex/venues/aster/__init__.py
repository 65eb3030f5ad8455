"""AsterDEX: the client for its perpetual futures, over both of its signing schemes.

Knows the venue's page and the domain; must not know the simulator, which reads the same page by itself. Loading this
package loads neither HTTP nor the wallet library.
"""

from vibex.venues.aster.config import AsterConfig, config_of, local_config, network_config, public_config
from vibex.venues.aster.credentials import AgentKey, Credentials, HmacKey, agent_key
from vibex.venues.aster.profile import ASTER_PROFILE

__all__ = [
    "ASTER_PROFILE",
    "AgentKey",
    "AsterConfig",
    "Credentials",
    "HmacKey",
    "agent_key",
    "config_of",
    "local_config",
    "network_config",
    "public_config",
]
