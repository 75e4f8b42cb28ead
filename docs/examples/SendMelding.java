import com.fasterxml.jackson.databind.*;
import java.io.*;
import java.nio.file.*;
import java.security.KeyStore;
import java.util.*;
import no.ks.fiks.io.client.*;
import no.ks.fiks.io.client.konfigurasjon.*;
import no.ks.fiks.io.client.model.*;

public class SendMelding {
  public static void main(String[] args) throws Exception {
    JsonNode demo = new ObjectMapper().readTree(new File("data/demo-access.json"));
    JsonNode konto = demo.at("/fiksIoAccounts/0"), login = integrasjon(demo, konto.get("integrasjonId").asText());
    KeyStore keys = KeyStore.getInstance(new File("data/eksempel/demo.p12"), "demo-passord".toCharArray());
    var api = java.net.URI.create(demo.get("baseUrl").asText());
    var klient = new FiksIOKlientFactory(FiksIOKonfigurasjon.builder()
        .fiksApiKonfigurasjon(FiksApiKonfigurasjon.builder().scheme(api.getScheme()).host(api.getHost()).port(api.getPort()).build())
        .amqpKonfigurasjon(AmqpKonfigurasjon.builder().host("127.0.0.1").port(demo.at("/amqp/tlsPort").asInt()).build())
        .fiksIntegrasjonKonfigurasjon(FiksIntegrasjonKonfigurasjon.builder()
            .integrasjonId(UUID.fromString(login.get("integrasjonId").asText())).integrasjonPassord(login.get("integrasjonPassord").asText())
            .idPortenKonfigurasjon(IdPortenKonfigurasjon.builder().klientId(login.get("clientId").asText())
                .accessTokenUri(demo.get("tokenEndpoint").asText()).idPortenAudience(demo.get("issuer").asText()).build()).build())
        .kontoKonfigurasjon(KontoKonfigurasjon.builder().kontoId(new KontoId(UUID.fromString(konto.get("kontoId").asText())))
            .privatNokkel((java.security.PrivateKey) keys.getKey("konto", "demo-passord".toCharArray())).build())
        .virksomhetssertifikatKonfigurasjon(VirksomhetssertifikatKonfigurasjon.builder().keyStore(keys).keyAlias("virksomhet")
            .keyStorePassword("demo-passord").keyPassword("demo-passord").build()).build()).build();
    var sendt = klient.send(MeldingRequest.builder().meldingType("no.eksempel.melding.v1")
        .mottakerKontoId(new KontoId(UUID.fromString(demo.at("/fiksIoAccounts/1/kontoId").asText()))).build(),
        List.of(new StringPayload("Hei fra Java", "hei.txt")));
    System.out.println("Sendt: " + sendt.getMeldingId());
    klient.close();
  }

  private static JsonNode integrasjon(JsonNode demo, String id) {
    for (JsonNode each : demo.get("integrations")) if (each.get("integrasjonId").asText().equals(id)) return each;
    throw new NoSuchElementException(id);
  }
}
