package no.grunnmur.conformance;

import java.util.Objects;

/** What a check demands. */
public final class Expect {
  private Expect() {}

  /** Code that is expected to fail. */
  public interface Code {
    void run() throws Exception;
  }

  public static void that(boolean condition, String otherwise) {
    if (!condition) throw new AssertionError(otherwise);
  }

  public static void equal(Object actual, Object expected, String what) {
    that(Objects.equals(actual, expected), what + ": expected " + expected + ", got " + actual);
  }

  /** Runs code that must fail in this way, and gives the exception for a closer look. */
  public static <E extends Throwable> E failure(Class<E> kind, Code code) {
    try {
      code.run();
    } catch (Throwable error) {
      for (Throwable each = error; each != null; each = each.getCause())
        if (kind.isInstance(each)) return kind.cast(each);
      throw new AssertionError("expected " + kind.getSimpleName(), error);
    }
    throw new AssertionError("expected " + kind.getSimpleName() + ", but nothing failed");
  }
}
