package no.grunnmur.conformance.v2;

import java.security.GeneralSecurityException;
import java.util.UUID;
import java.util.function.Function;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Pem;
import no.ks.fiks.maskinporten.Maskinportenklient;
import no.ks.fiks.maskinporten.MaskinportenklientProperties;
import no.ks.svarut.klient.AuthenticationStrategy;
import no.ks.svarut.klient.HttpConfiguration;
import no.ks.svarut.klient.IntegrasjonAuthenticationStrategy;
import no.ks.svarut.klient.forsendelse.eksternRef.v2.EksternRefKlientV2;
import no.ks.svarut.klient.forsendelse.hendelser.v2.HendelserKlientV2;
import no.ks.svarut.klient.forsendelse.lest.v2.LestKlientV2;
import no.ks.svarut.klient.forsendelse.metadata.v2.MetadataKlientV2;
import no.ks.svarut.klient.forsendelse.send.v2.SendKlientV2;
import no.ks.svarut.klient.forsendelse.slett.v2.SlettKlientV2;
import no.ks.svarut.klient.forsendelse.status.v2.StatusKlientV2;
import no.ks.svarut.klient.forsendelse.typer.v2.TyperKlientV2;
import no.ks.svarut.klient.mottakersystem.v2.MottakersystemKlientV2;
import org.eclipse.jetty.client.Request;

/** All of the library's clients for REST v2, set up as its documentation says. */
final class Clients implements AutoCloseable {
  final SendKlientV2 send;
  final StatusKlientV2 status;
  final HendelserKlientV2 hendelser;
  final LestKlientV2 lest;
  final MetadataKlientV2 metadata;
  final SlettKlientV2 slett;
  final EksternRefKlientV2 eksternRef;
  final TyperKlientV2 typer;
  final MottakersystemKlientV2 mottakersystem;

  Clients(Access access, Access.Integration integration) throws GeneralSecurityException {
    this(access, maskinporten(access, integration), integration.id(), integration.password());
  }

  Clients(Access access, Maskinportenklient maskinporten, UUID integrasjonId, String passord) {
    String url = access.baseUrl();
    AuthenticationStrategy strategy = new IntegrasjonAuthenticationStrategy(maskinporten, integrasjonId, passord);
    Function<Request, Request> asIs = Function.identity();
    HttpConfiguration http = HttpConfiguration.Companion.builder().build();
    send = new SendKlientV2(url, strategy, asIs, http);
    status = new StatusKlientV2(url, strategy, asIs, http);
    hendelser = new HendelserKlientV2(url, strategy, asIs, http);
    lest = new LestKlientV2(url, strategy, asIs, http);
    metadata = new MetadataKlientV2(url, strategy, asIs, http);
    slett = new SlettKlientV2(url, strategy, asIs, http);
    eksternRef = new EksternRefKlientV2(url, strategy, asIs, http);
    typer = new TyperKlientV2(url, strategy, asIs, http);
    mottakersystem = new MottakersystemKlientV2(url, strategy, asIs, http);
  }

  /** The token client with the organisation's certificate, as an integration uses it. */
  static Maskinportenklient maskinporten(Access access, Access.Integration integration) throws GeneralSecurityException {
    return Maskinportenklient.builder()
        .withPrivateKey(Pem.privateKey(integration.privateKeyPem()))
        .usingVirksomhetssertifikat(Pem.certificate(integration.certificatePem()))
        .withProperties(
            MaskinportenklientProperties.builder()
                .audience(access.issuer())
                .tokenEndpoint(access.tokenEndpoint())
                .issuer(integration.clientId())
                .numberOfSecondsLeftBeforeExpire(10)
                .build())
        .build();
  }

  @Override
  public void close() {
    send.close();
    status.close();
    hendelser.close();
    lest.close();
    metadata.close();
    slett.close();
    eksternRef.close();
    typer.close();
    mottakersystem.close();
  }
}
