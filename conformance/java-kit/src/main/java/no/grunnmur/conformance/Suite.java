package no.grunnmur.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/** A suite's end of the line protocol: results go out, and what a suite cannot do itself is asked for and answered. */
public final class Suite {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int MAX_ERROR = 3000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintStream out;
  private final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  private final Access access;
  private int lastQuestion;

  /** Something to be tried. */
  public interface Body {
    void run() throws Exception;
  }

  private Suite(Access access) {
    this.access = access;
    out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    // Whatever a library prints must not stand between our lines.
    System.setOut(System.err);
  }

  /** Reads the input file named by the first argument. */
  public static Suite open(String[] arguments) throws IOException {
    return new Suite(Access.read(JSON, new File(arguments[0])));
  }

  public Access access() {
    return access;
  }

  /** Tries one thing and reports how it went; never throws. */
  public void check(String name, Body body) {
    long begun = System.nanoTime();
    ObjectNode message = JSON.createObjectNode().put("type", "result").put("name", name);
    try {
      body.run();
      message.put("ok", true);
    } catch (Throwable error) {
      StringWriter trace = new StringWriter();
      error.printStackTrace(new PrintWriter(trace));
      String text = trace.toString();
      message.put("ok", false).put("error", text.substring(0, Math.min(text.length(), MAX_ERROR)));
    }
    out.println(message.put("ms", (System.nanoTime() - begun) / 1_000_000));
  }

  /** Has a person log in at the portal, at a level of 3 or 4, and read a letter; gives what came of it. */
  public JsonNode readLetter(UUID id, String fnr, int level) throws IOException {
    return ask("read-letter", Map.of("forsendelseId", id.toString(), "fnr", fnr, "level", level));
  }

  /** Has the run kill the server it started, without warning, and start it again on what it had stored. */
  public void restartServer() throws IOException {
    ask("restart-server", Map.of());
  }

  /** Asks the run to do what this program cannot; gives what it answers. */
  public JsonNode ask(String type, Map<String, ?> details) throws IOException {
    ObjectNode question = JSON.valueToTree(details);
    out.println(question.put("type", type).put("id", ++lastQuestion));
    String line = in.readLine();
    if (line == null) throw new IOException("the run is gone");
    JsonNode reply = JSON.readTree(line);
    if (reply.hasNonNull("error")) throw new AssertionError(reply.get("error").asText());
    return reply.path("answer");
  }

  public void done() {
    out.println(JSON.createObjectNode().put("type", "done"));
  }

  /** Asks again until the answer is the wanted one; fails with the last answer after a minute. */
  public static <T> T eventually(Callable<T> ask, Predicate<T> wanted) throws Exception {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (true) {
      T answer = ask.call();
      if (wanted.test(answer)) return answer;
      if (Instant.now().isAfter(deadline)) throw new AssertionError("Still " + answer + " after " + PATIENCE);
      Thread.sleep(200);
    }
  }

  /** A title that no other letter has, so that no letter is taken for a repetition. */
  public static String uniqueTitle(String text) {
    return text + " " + UUID.randomUUID().toString().substring(0, 8);
  }
}
