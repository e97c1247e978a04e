"""The line to the carrier, for what sends and rings. Apart from the office: a look needs no carrier."""

from collector.casework.office import Office
from collector.dispatch import memory, twilio
from collector.dispatch.carriers import Carrier
from collector.foundation.settings import CarrierKind


def carrier_of(office: Office) -> Carrier:
    """A connection to the installation's carrier; close it when done."""
    if office.settings.carrier is CarrierKind.twilio:
        return twilio.TwilioCarrier(office.settings)
    return memory.MemoryCarrier()
