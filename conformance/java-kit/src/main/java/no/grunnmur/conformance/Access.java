package no.grunnmur.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Logins and invented people of the installation, from the file that `demo-access.json` is an example of. */
public record Access(
    String baseUrl,
    boolean ownServer,
    boolean rabbitmq,
    String issuer,
    String tokenEndpoint,
    List<Integration> integrations,
    List<Account> accounts,
    List<Person> persons,
    List<String> organisations,
    List<String> organisationsWithMottakersystem,
    Amqp amqp,
    List<FiksIoAccount> fiksIoAccounts,
    Documents documents) {

  public record Integration(
      String orgnr, String clientId, UUID id, String password, String privateKeyPem, String certificatePem, List<UUID> kontoer) {}

  public record Account(String username, String password, String orgnr) {}

  /** Where the queues of Fiks IO are; null when the installation has none. */
  public record Amqp(String host, int port, int tlsPort) {}

  /** A konto of Fiks IO, with the key that its messages are encrypted to. */
  public record FiksIoAccount(
      UUID kontoId, String orgnr, String name, UUID integrasjonId, String privateKeyPem, String certificatePem) {}

  public record Person(String fnr, String name, String situation) {}

  static Access read(ObjectMapper json, File inputFile) throws IOException {
    JsonNode input = json.readTree(inputFile);
    JsonNode access = json.readTree(new File(input.get("access").asText()));
    List<Integration> integrations = new ArrayList<>();
    for (JsonNode each : access.get("integrations")) integrations.add(integration(each));
    List<Account> accounts = new ArrayList<>();
    for (JsonNode each : access.get("svarutV1Accounts"))
      accounts.add(new Account(text(each, "username"), text(each, "password"), text(each, "orgnr")));
    List<Person> persons = new ArrayList<>();
    for (JsonNode each : access.get("persons"))
      persons.add(new Person(text(each, "fnr"), text(each, "name"), text(each, "situation")));
    return new Access(
        text(input, "baseUrl"),
        input.get("ownServer").asBoolean(),
        "rabbitmq".equals(text(input, "broker")),
        text(access, "issuer"),
        text(access, "tokenEndpoint"),
        integrations,
        accounts,
        persons,
        orgnrs(access.get("organisations")),
        orgnrs(access.get("mottakersystemer")),
        access.hasNonNull("amqp") ? amqp(access.get("amqp")) : null,
        fiksIoAccounts(access.path("fiksIoAccounts")),
        new Documents(new File(text(input, "documents"))));
  }

  private static Integration integration(JsonNode node) {
    List<UUID> kontoer = new ArrayList<>();
    for (JsonNode konto : node.get("svarutKontoIds")) kontoer.add(UUID.fromString(konto.asText()));
    return new Integration(
        text(node, "orgnr"),
        text(node, "clientId"),
        UUID.fromString(text(node, "integrasjonId")),
        text(node, "integrasjonPassord"),
        text(node, "privateKeyPem"),
        text(node, "certificatePem"),
        kontoer);
  }

  private static Amqp amqp(JsonNode node) {
    return new Amqp(text(node, "host"), node.get("port").asInt(), node.get("tlsPort").asInt());
  }

  private static List<FiksIoAccount> fiksIoAccounts(JsonNode list) {
    List<FiksIoAccount> found = new ArrayList<>();
    for (JsonNode each : list)
      found.add(
          new FiksIoAccount(
              UUID.fromString(text(each, "kontoId")),
              text(each, "orgnr"),
              text(each, "name"),
              UUID.fromString(text(each, "integrasjonId")),
              text(each, "privateKeyPem"),
              text(each, "certificatePem")));
    return found;
  }

  private static List<String> orgnrs(JsonNode list) {
    List<String> found = new ArrayList<>();
    for (JsonNode each : list) found.add(text(each, "orgnr"));
    return found;
  }

  private static String text(JsonNode node, String name) {
    return node.get(name).asText();
  }

  /** The integration with this id. */
  public Integration integration(UUID id) {
    return integrations.stream()
        .filter(each -> each.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("the access file has no integration " + id));
  }

  /** The first invented person in a situation. */
  public Person person(String situation) {
    return persons.stream()
        .filter(each -> each.situation().equals(situation))
        .findFirst()
        .orElseThrow(() -> new AssertionError("the access file has no person in the situation " + situation));
  }

  /** An organisation that fetches its own post, other than the one with this number. */
  public String organisationWithMottakersystem(String otherThan) {
    return organisationsWithMottakersystem.stream().filter(orgnr -> !orgnr.equals(otherThan)).findFirst().orElseThrow();
  }

  /** An organisation that is reached through Altinn only. */
  public String organisationWithoutMottakersystem() {
    return organisations.stream()
        .filter(orgnr -> !organisationsWithMottakersystem.contains(orgnr))
        .findFirst()
        .orElseThrow();
  }
}
