package no.grunnmur.conformance.fiksio;

import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import no.ks.fiks.io.client.SvarSender;
import no.ks.fiks.io.client.model.MeldingId;
import no.ks.fiks.io.client.model.MottattMelding;

/** A message as the client handed it over, with what to answer it by. */
record Received(MottattMelding melding, SvarSender svar) {
  MeldingId id() {
    return melding.getMeldingId();
  }

  /** The payload's files, decrypted and with their signature verified by the client. */
  Map<String, byte[]> files() throws IOException {
    try (ZipInputStream zip = melding.getDekryptertZipStream()) {
      Map<String, byte[]> files = new LinkedHashMap<>();
      for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) files.put(entry.getName(), zip.readAllBytes());
      return files;
    }
  }

  /** The payload as it came. */
  byte[] ciphertext() throws IOException {
    try (InputStream stream = melding.getKryptertStream()) {
      return stream.readAllBytes();
    }
  }
}
