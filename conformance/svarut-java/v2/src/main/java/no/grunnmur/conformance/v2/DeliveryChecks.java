package no.grunnmur.conformance.v2;

import static no.grunnmur.conformance.Documents.VEDLEGG;
import static no.grunnmur.conformance.Documents.VEDTAK;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import no.grunnmur.conformance.Access;
import no.grunnmur.conformance.Expect;
import no.grunnmur.conformance.Suite;
import no.ks.fiks.svarut.forsendelse.send.model.v2.Adresse;
import no.ks.fiks.svarut.forsendelse.status.model.v2.ForsendelseStatus.Status;

/** The way of a letter, per situation of its recipient, to its end as the sender sees it. */
record DeliveryChecks(Suite suite, Sender sender) {
  void run() {
    Access access = sender.access();
    Access.Person altinn = access.person("altinn");
    suite.check("a person in Altinn: VARSLET, reads all of the letter in the portal, LEST", () -> {
      UUID id = sender.send(sender.letter(Sender.to(altinn), VEDTAK, VEDLEGG).build());
      sender.reaches(id, Status.VARSLET);
      JsonNode letter = suite.readLetter(id, altinn.fnr(), 3);
      Expect.equal(letter.get("status").asInt(), 200, "letter page");
      Expect.equal(hashes(letter), List.of(access.documents().sha256(VEDTAK), access.documents().sha256(VEDLEGG)), "documents");
      sender.reaches(id, Status.LEST);
    });
    suite.check("a person with a digital mailbox: SENDT_SDP, LEVERT_SDP", () -> ends(to("digital-mailbox"), false, Status.LEVERT_SDP));
    suite.check("a reserved person: SENDT_PRINT, PRINTET", () -> {
      Set<Status> seen = ends(to("reserved"), false, Status.PRINTET);
      if (access.ownServer()) Expect.that(seen.contains(Status.SENDT_PRINT), "saw only " + seen);
    });
    suite.check("a person without contact information: PRINTET", () -> ends(to("no-contact"), false, Status.PRINTET));
    suite.check("a recipient without digital id: PRINTET", () ->
        ends(Sender.address("Ola Nordmann", null), false, Status.PRINTET));
    suite.check("kunDigitalLevering to a reserved person: IKKE_LEVERT", () -> ends(to("reserved"), true, Status.IKKE_LEVERT));
    suite.check("kunDigitalLevering to a person without contact information: IKKE_LEVERT", () ->
        ends(to("no-contact"), true, Status.IKKE_LEVERT));
    suite.check("kunDigitalLevering to a person in Altinn: SENDT_DIGITALT, LEST", () -> {
      UUID id = sender.send(sender.letter(Sender.to(altinn), VEDTAK).kunDigitalLevering(true).build());
      sender.reaches(id, Status.SENDT_DIGITALT);
      suite.readLetter(id, altinn.fnr(), 3);
      sender.reaches(id, Status.LEST);
    });
    suite.check("an organisation that fetches its post: KLAR_FOR_MOTTAK", () ->
        ends(Sender.to(access.organisationWithMottakersystem(sender.integration().orgnr())), false, Status.KLAR_FOR_MOTTAK));
    suite.check("an organisation that does not: VARSLET", () ->
        ends(Sender.to(access.organisationWithoutMottakersystem()), false, Status.VARSLET));
    suite.check("somebody in eksponertFor reads the letter too", () -> {
      Access.Person guardian = access.person("guardian");
      UUID id = sender.send(sender.letter(Sender.to(altinn), VEDTAK).eksponertFor(Set.of(guardian.fnr())).build());
      sender.reaches(id, Status.VARSLET);
      Expect.equal(hashes(suite.readLetter(id, guardian.fnr(), 3)), List.of(access.documents().sha256(VEDTAK)), "documents");
    });
  }

  private Adresse to(String situation) {
    return Sender.to(sender.access().person(situation));
  }

  private Set<Status> ends(Adresse to, boolean digitalOnly, Status wanted) throws Exception {
    return sender.reaches(sender.send(sender.letter(to, VEDTAK).kunDigitalLevering(digitalOnly).build()), wanted);
  }

  private static List<String> hashes(JsonNode letter) {
    List<String> hashes = new ArrayList<>();
    letter.get("documents").forEach(document -> hashes.add(document.get("sha256").asText()));
    return hashes;
  }
}
