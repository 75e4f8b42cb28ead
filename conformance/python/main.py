"""Clients from Python: one generated from the description of the interfaces, and aio-pika."""

from aio_pika_checks import aio_pika_checks
from generated_checks import generated_checks
from suite import done

generated_checks()
aio_pika_checks()
done()
