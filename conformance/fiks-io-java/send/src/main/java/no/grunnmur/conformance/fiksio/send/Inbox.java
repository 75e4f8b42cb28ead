package no.grunnmur.conformance.fiksio.send;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import no.grunnmur.conformance.Suite;

/** The receiver's queue, looked at with `com.rabbitmq:amqp-client` as it is, which the Fiks IO clients stand on. */
final class Inbox implements AutoCloseable {
  private final Connection connection;
  private final Channel channel;
  private final String queue;

  Inbox(Sender owner) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(owner.access.amqp().host());
    factory.setPort(owner.access.amqp().tlsPort());
    factory.useSslProtocol(SSLContext.getDefault());
    factory.setUsername(owner.integration.id().toString());
    factory.setPassword(owner.integration.password() + " " + owner.tokens.get());
    connection = factory.newConnection("conformance");
    channel = connection.createChannel();
    queue = "fiksio.konto." + owner.konto.kontoId();
  }

  /** Takes messages until this one comes, and acknowledges them. */
  GetResponse take(UUID meldingId) throws Exception {
    return Suite.eventually(
        () -> {
          GetResponse response = channel.basicGet(queue, false);
          if (response != null) channel.basicAck(response.getEnvelope().getDeliveryTag(), false);
          return response;
        },
        response ->
            response != null && response.getProps().getHeaders().get("melding-id").toString().equals(meldingId.toString()));
  }

  @Override
  public void close() throws IOException {
    connection.close(10_000);
  }
}
