package no.grunnmur.conformance.fiksio;

import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Pem;
import no.ks.fiks.io.client.FiksIOKlient;
import no.ks.fiks.io.client.FiksIOKlientFactory;
import no.ks.fiks.io.client.konfigurasjon.AmqpKonfigurasjon;
import no.ks.fiks.io.client.konfigurasjon.DokumentLagerKonfigurasjon;
import no.ks.fiks.io.client.konfigurasjon.FiksApiKonfigurasjon;
import no.ks.fiks.io.client.konfigurasjon.FiksIOKonfigurasjon;
import no.ks.fiks.io.client.konfigurasjon.FiksIntegrasjonKonfigurasjon;
import no.ks.fiks.io.client.konfigurasjon.IdPortenKonfigurasjon;
import no.ks.fiks.io.client.konfigurasjon.KontoKonfigurasjon;
import no.ks.fiks.io.client.konfigurasjon.VirksomhetssertifikatKonfigurasjon;
import no.ks.fiks.io.client.model.KontoId;
import no.ks.fiks.io.client.model.MeldingId;
import no.ks.fiks.maskinporten.Maskinportenklient;

/** How a client is set up: everything by configuration, nothing of it replaced. */
final class Setup {
  private static final String PASSWORD = "conformance";

  private final Party party;
  private final AtomicInteger dokumentlagerCalls = new AtomicInteger();
  private UUID kontoId;
  private UUID integrasjonId;
  private String integrasjonPassord;
  private Maskinportenklient tokens;
  private List<PrivateKey> keys;
  private String publicKey;
  private int prefetch = 10;
  private Predicate<MeldingId> handled = id -> false;

  Setup(Party party) {
    this.party = party;
    kontoId = party.id();
    integrasjonId = party.integration().id();
    integrasjonPassord = party.integration().password();
  }

  Setup konto(UUID id) {
    kontoId = id;
    return this;
  }

  Setup integration(UUID id, String password) {
    integrasjonId = id;
    integrasjonPassord = password;
    return this;
  }

  /** With another organisation's token than the one that the client would fetch. */
  Setup tokensOf(Access.Integration other) throws GeneralSecurityException {
    tokens = Tokens.maskinporten(party.access(), other);
    return this;
  }

  Setup keys(PrivateKey... privateKeys) {
    keys = List.of(privateKeys);
    return this;
  }

  /** Has the client put this certificate into the catalogue when another one is there. */
  Setup publicKey(String pem) {
    publicKey = pem;
    return this;
  }

  Setup prefetch(int messages) {
    prefetch = messages;
    return this;
  }

  /** Messages that were taken care of before: the client acknowledges them by itself when they come again. */
  Setup handled(Predicate<MeldingId> predicate) {
    handled = predicate;
    return this;
  }

  /** Connects, and takes messages. */
  Line listen() throws Exception {
    Line line = open();
    line.listen();
    return line;
  }

  /** Connects. */
  Line open() throws Exception {
    return new Line(build(), dokumentlagerCalls);
  }

  FiksIOKlient build() throws Exception {
    URI base = URI.create(party.access().baseUrl());
    int port = base.getPort() >= 0 ? base.getPort() : "https".equals(base.getScheme()) ? 443 : 80;
    Access.Amqp amqp = party.access().amqp();
    KontoKonfigurasjon.KontoKonfigurasjonBuilder konto =
        KontoKonfigurasjon.builder().kontoId(new KontoId(kontoId)).publicKey(publicKey);
    if (keys == null) konto.privatNokkel(Pem.privateKey(party.konto().privateKeyPem()));
    else keys.forEach(konto::privatNokkel);
    FiksIOKonfigurasjon konfigurasjon =
        FiksIOKonfigurasjon.builder()
            .fiksApiKonfigurasjon(
                FiksApiKonfigurasjon.builder().scheme(base.getScheme()).host(base.getHost()).port(port).build())
            .amqpKonfigurasjon(
                AmqpKonfigurasjon.builder()
                    .host(amqp.host())
                    .port(amqp.tlsPort())
                    .mottakBufferStorrelse(prefetch)
                    .meldingErBehandlet(handled)
                    .build())
            .dokumentlagerKonfigurasjon(
                DokumentLagerKonfigurasjon.builder()
                    .requestInterceptor(
                        request -> {
                          dokumentlagerCalls.incrementAndGet();
                          return request;
                        })
                    .build())
            .fiksIntegrasjonKonfigurasjon(integration())
            .kontoKonfigurasjon(konto.build())
            .virksomhetssertifikatKonfigurasjon(certificate())
            .build();
    FiksIOKlientFactory factory = new FiksIOKlientFactory(konfigurasjon);
    if (tokens != null) factory.setMaskinportenAccessTokenSupplier(() -> Tokens.token(tokens));
    return factory.build();
  }

  private FiksIntegrasjonKonfigurasjon integration() {
    return FiksIntegrasjonKonfigurasjon.builder()
        .integrasjonId(integrasjonId)
        .integrasjonPassord(integrasjonPassord)
        .idPortenKonfigurasjon(
            IdPortenKonfigurasjon.builder()
                .accessTokenUri(party.access().tokenEndpoint())
                .idPortenAudience(party.access().issuer())
                .klientId(party.integration().clientId())
                .build())
        .build();
  }

  /** The organisation's certificate, for tokens and for signatures. */
  private VirksomhetssertifikatKonfigurasjon certificate() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    Certificate certificate = Pem.certificate(party.integration().certificatePem());
    PrivateKey key = Pem.privateKey(party.integration().privateKeyPem());
    store.setKeyEntry("virksomhet", key, PASSWORD.toCharArray(), new Certificate[] {certificate});
    return VirksomhetssertifikatKonfigurasjon.builder()
        .keyStore(store)
        .keyStorePassword(PASSWORD)
        .keyAlias("virksomhet")
        .keyPassword(PASSWORD)
        .build();
  }
}
