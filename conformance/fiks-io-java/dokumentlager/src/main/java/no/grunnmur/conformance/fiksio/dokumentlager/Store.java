package no.grunnmur.conformance.fiksio.dokumentlager;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.fiksio.Tokens;
import no.ks.fiks.dokumentlager.klient.DokumentlagerApiImpl;
import no.ks.fiks.dokumentlager.klient.DokumentlagerKlient;
import no.ks.fiks.dokumentlager.klient.authentication.IntegrasjonAuthenticationStrategy;
import no.ks.fiks.dokumentlager.klient.exception.DokumentlagerHttpException;
import no.ks.fiks.dokumentlager.klient.model.DokumentMetadataUpload;
import no.ks.fiks.dokumentlager.klient.model.DokumentMetadataUploadResult;
import no.ks.fiks.maskinporten.Maskinportenklient;

/** A konto's documents, through the client as its documentation sets it up. */
final class Store implements AutoCloseable {
  final Access access;
  final Access.FiksIoAccount konto;
  final Access.Integration integration;
  final Maskinportenklient maskinporten;
  final DokumentlagerKlient klient;
  final UUID fiksOrgId;

  Store(Access access, int number) throws Exception {
    this.access = access;
    konto = access.fiksIoAccounts().get(number);
    integration = access.integration(konto.integrasjonId());
    maskinporten = Tokens.maskinporten(access, integration);
    klient = klient(maskinporten, integration.id(), integration.password());
    fiksOrgId = lookUp();
  }

  DokumentlagerKlient klient(Maskinportenklient tokens, UUID integrasjonId, String passord) {
    return DokumentlagerKlient.builder()
        .api(
            DokumentlagerApiImpl.builder()
                .uploadBaseUrl(access.baseUrl())
                .downloadBaseUrl(access.baseUrl())
                .authenticationStrategy(new IntegrasjonAuthenticationStrategy(tokens, integrasjonId, passord))
                .build())
        .build();
  }

  /** The id that the catalogue gives the konto's organisation; this client has no call for it. */
  private UUID lookUp() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(access.baseUrl() + "/fiks-io/katalog/api/v1/kontoer/" + konto.kontoId()))
            .header("Authorization", "Bearer " + Tokens.token(maskinporten))
            .header("IntegrasjonId", integration.id().toString())
            .header("IntegrasjonPassord", integration.password())
            .build();
    HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    Expect.equal(response.statusCode(), 200, "status of the catalogue");
    return UUID.fromString(new ObjectMapper().readTree(response.body()).get("fiksOrgId").asText());
  }

  /** Metadata with what must be there, to be changed by the check. */
  static DokumentMetadataUpload.DokumentMetadataUploadBuilder metadata() {
    return DokumentMetadataUpload.builder()
        .dokumentnavn("kart æøå.pdf")
        .mimetype("application/pdf")
        .ttl(3600L)
        .sikkerhetsniva(3);
  }

  DokumentMetadataUploadResult upload(byte[] bytes, DokumentMetadataUpload metadata, boolean encrypted) {
    return klient.upload(new ByteArrayInputStream(bytes), metadata, fiksOrgId, konto.kontoId(), encrypted).getResult();
  }

  UUID upload(byte[] bytes, DokumentMetadataUpload metadata) {
    return upload(bytes, metadata, false).getId();
  }

  byte[] download(UUID id) throws IOException {
    try (InputStream stream = klient.download(id).getResult()) {
      return stream.readAllBytes();
    }
  }

  /** SHA-256 of a document, without keeping it. */
  String digest(UUID id) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (InputStream stream = new DigestInputStream(klient.download(id).getResult(), digest)) {
      stream.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random().nextBytes(bytes);
    return bytes;
  }

  /** The call must fail with this status, in words that name the rule. */
  static String refused(int status, Expect.Code call) {
    DokumentlagerHttpException error = Expect.failure(DokumentlagerHttpException.class, call);
    Expect.equal(error.getStatus(), status, "status (" + error.getResponse() + ")");
    for (String field : new String[] {"timestamp", "status", "error", "errorId", "path", "message"})
      Expect.that(error.getResponse().contains("\"" + field + "\""), "no " + field + " in " + error.getResponse());
    return error.getResponse();
  }

  @Override
  public void close() throws IOException {
    klient.close();
  }
}
