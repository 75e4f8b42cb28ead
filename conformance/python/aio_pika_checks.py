"""aio-pika as it is set up by default: its channels ask for publisher confirms, also those that only receive."""

import asyncio
import ssl

import aio_pika
from aiormq.exceptions import ChannelAccessRefused
from generated_checks import KONTOER, client_of, send_message
from suite import ACCESS, check, integration_of, token

RECEIVER = KONTOER[1]
QUEUE = f"fiksio.konto.{RECEIVER['kontoId']}"


async def connection(connect):
    integration = integration_of(RECEIVER)
    return await connect(
        host=ACCESS["amqp"]["host"],
        port=ACCESS["amqp"]["tlsPort"],
        login=integration["integrasjonId"],
        password=f"{integration['integrasjonPassord']} {token(integration)}",
        ssl=True,
        ssl_context=ssl.create_default_context(cadata=ACCESS["amqp"]["caPem"]),
    )


async def receive(connect, wanted):
    """Takes messages until the wanted one, and acknowledges each."""
    opened = await connection(connect)
    async with opened, asyncio.timeout(60):
        channel = await opened.channel()
        await channel.set_qos(prefetch_count=10)
        queue = await channel.get_queue(QUEUE)
        async with queue.iterator() as messages:
            async for message in messages:
                async with message.process():
                    headers = {key: str(value) for key, value in message.headers.items()}
                if headers["melding-id"] == wanted:
                    assert headers["avsender-id"] == KONTOER[0]["kontoId"], headers
                    return


async def refuse():
    opened = await connection(aio_pika.connect)
    async with opened, asyncio.timeout(60):
        for attempt in (
            lambda channel: channel.default_exchange.publish(aio_pika.Message(b"x"), routing_key=QUEUE),
            lambda channel: channel.declare_queue(exclusive=True),
        ):
            channel = await opened.channel()
            try:
                await attempt(channel)
            except ChannelAccessRefused:
                continue
            raise AssertionError("was not refused")
        async with (await opened.channel(publisher_confirms=False)).transaction():
            pass


def aio_pika_checks():
    client = client_of(integration_of(KONTOER[0]))

    def through(connect):
        return lambda: asyncio.run(receive(connect, str(send_message(client).melding_id)))

    check("aio-pika: connects with its own defaults, receives and acknowledges", through(aio_pika.connect))
    check("aio-pika: the connection that reconnects by itself does too", through(aio_pika.connect_robust))
    check("aio-pika: publishing and declaring close the channel only; a transaction is answered", lambda: asyncio.run(refuse()))
