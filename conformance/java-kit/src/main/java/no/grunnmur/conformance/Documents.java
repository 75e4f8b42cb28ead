package no.grunnmur.conformance;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/** The sample documents, by the names they have on disk. */
public record Documents(File folder) {
  public static final String VEDTAK = "Vedtak på søknad om båtplass.pdf";
  public static final String VEDLEGG = "Vedlegg æøå ÆØÅ – Kåfjord.pdf";
  public static final String LOCKED = "passordbeskyttet.pdf";
  public static final String BIG = "stor.pdf";
  public static final String EMPTY = "tom.pdf";
  public static final String TEXT = "notat æøå.txt";

  public byte[] bytes(String name) {
    try {
      return Files.readAllBytes(new File(folder, name).toPath());
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /** In the form the clients take them: a stream by file name. */
  public Map<String, InputStream> streams(String... names) {
    Map<String, InputStream> streams = new LinkedHashMap<>();
    for (String name : names) streams.put(name, new ByteArrayInputStream(bytes(name)));
    return streams;
  }

  /** SHA-256 in lower-case hex. */
  public String sha256(String name) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(name)));
    } catch (NoSuchAlgorithmException error) {
      throw new AssertionError(error);
    }
  }
}
