package no.grunnmur.conformance.fiksio;

import java.security.GeneralSecurityException;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Pem;
import no.ks.fiks.maskinporten.AccessTokenRequest;
import no.ks.fiks.maskinporten.Maskinportenklient;
import no.ks.fiks.maskinporten.MaskinportenklientProperties;

/** Tokens for an integration, fetched with its organisation's certificate. */
public final class Tokens {
  private static final AccessTokenRequest FIKS = AccessTokenRequest.builder().scope("ks:fiks").build();

  private Tokens() {}

  public static Maskinportenklient maskinporten(Access access, Access.Integration integration)
      throws GeneralSecurityException {
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

  public static String token(Maskinportenklient client) {
    return client.getAccessToken(FIKS);
  }
}
