package no.grunnmur.conformance.fiksio.send;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.fiksio.Tokens;
import no.ks.fiks.io.klient.FiksIOUtsendingKlient;
import no.ks.fiks.io.klient.IntegrasjonAuthenticationStrategy;
import no.ks.fiks.io.klient.MeldingSpesifikasjonApiModel;
import no.ks.fiks.io.klient.SendtMeldingApiModel;
import no.ks.fiks.maskinporten.Maskinportenklient;

/** A konto with its client, set up as the client's documentation says. */
final class Sender implements AutoCloseable {
  static final String TYPE = "no.grunnmur.prove.v1.melding";

  final Access access;
  final Access.FiksIoAccount konto;
  final Access.Integration integration;
  final Supplier<String> tokens;
  final FiksIOUtsendingKlient klient;

  Sender(Access access, int number) throws Exception {
    this.access = access;
    konto = access.fiksIoAccounts().get(number);
    integration = access.integration(konto.integrasjonId());
    Maskinportenklient maskinporten = Tokens.maskinporten(access, integration);
    tokens = () -> Tokens.token(maskinporten);
    klient = klient(tokens, integration.id(), integration.password());
  }

  FiksIOUtsendingKlient klient(Supplier<String> token, UUID integrasjonId, String passord) {
    URI base = URI.create(access.baseUrl());
    int port = base.getPort() >= 0 ? base.getPort() : "https".equals(base.getScheme()) ? 443 : 80;
    return FiksIOUtsendingKlient.builder()
        .withScheme(base.getScheme())
        .withHostName(base.getHost())
        .withPortNumber(port)
        .withAuthenticationStrategy(new IntegrasjonAuthenticationStrategy(token, integrasjonId, passord))
        .build();
  }

  /** A message to another konto, to be changed by the check. */
  MeldingSpesifikasjonApiModel.MeldingSpesifikasjonApiModelBuilder to(UUID mottaker) {
    return MeldingSpesifikasjonApiModel.builder()
        .avsenderKontoId(konto.kontoId())
        .mottakerKontoId(mottaker)
        .meldingType(TYPE);
  }

  SendtMeldingApiModel send(MeldingSpesifikasjonApiModel metadata) {
    return klient.send(metadata, Optional.empty());
  }

  SendtMeldingApiModel send(MeldingSpesifikasjonApiModel metadata, byte[] data) {
    return klient.send(metadata, Optional.of(new ByteArrayInputStream(data)));
  }

  @Override
  public void close() throws IOException {
    klient.close();
  }
}
