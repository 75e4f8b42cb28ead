package no.grunnmur.conformance.v2;

import java.util.Base64;
import java.util.Set;
import java.util.UUID;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.maskinporten.AccessTokenRequest;
import no.ks.fiks.maskinporten.Maskinportenklient;
import no.ks.fiks.maskinporten.error.MaskinportenClientTokenRequestException;

/** `no.ks.fiks:maskinporten-client` against the installation's token endpoint. */
record TokenChecks(Suite suite, Access.Integration own) {
  private static final AccessTokenRequest SVARUT = request("ks:fiks");

  private static AccessTokenRequest request(String scope) {
    return AccessTokenRequest.builder().scopes(Set.of(scope)).build();
  }

  void run() {
    suite.check("Maskinportenklient: a token for ks:fiks, that names the organisation", this::token);
    suite.check("Maskinportenklient: a token is used again while it lasts", () -> {
      Maskinportenklient client = Clients.maskinporten(suite.access(), own);
      Expect.equal(client.getAccessToken(SVARUT), client.getAccessToken(SVARUT), "second token");
    });
    suite.check("Maskinportenklient: a scope that was not granted is refused as the client's fault", () -> {
      Maskinportenklient client = Clients.maskinporten(suite.access(), own);
      Expect.failure(
          MaskinportenClientTokenRequestException.class, () -> client.getAccessToken(request("helt:ukjent")));
    });
    suite.check("Maskinportenklient: an unknown client is refused as the client's fault", () -> {
      Access.Integration unknown =
          new Access.Integration(
              own.orgnr(),
              UUID.randomUUID().toString(),
              own.id(),
              own.password(),
              own.privateKeyPem(),
              own.certificatePem(),
              own.kontoer());
      Maskinportenklient client = Clients.maskinporten(suite.access(), unknown);
      Expect.failure(MaskinportenClientTokenRequestException.class, () -> client.getAccessToken(SVARUT));
    });
  }

  private void token() throws Exception {
    String token = Clients.maskinporten(suite.access(), own).getAccessToken(SVARUT);
    String claims = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
    Expect.that(claims.contains("0192:" + own.orgnr()), "the token does not name the organisation");
    Expect.that(claims.contains("\"ks:fiks\""), "the token has another scope");
  }
}
