package judge;

import java.util.Objects;

/** Assertions and waits; each failure says what was looked at, what was expected and what came. */
final class Check {
  private static final long PATIENCE_NANOS = 30_000_000_000L;
  private static final long BETWEEN_LOOKS_MILLIS = 20;

  private Check() {}

  interface Action {
    void run() throws Exception;
  }

  interface Condition {
    boolean holds() throws Exception;
  }

  static void equal(String what, Object expected, Object actual) {
    if (!Objects.equals(expected, actual)) {
      throw new AssertionError(what + ": expected " + text(expected) + ", got " + text(actual));
    }
  }

  static void that(String what, boolean holds) {
    if (!holds)
      throw new AssertionError(what);
  }

  static void contains(String what, String part, String whole) {
    that(
        what + ": no \"" + part + "\" in \"" + whole + "\"", whole != null && whole.contains(part));
  }

  /** Looks again and again at something outside this process. */
  static void becomes(String what, Condition condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.holds()) {
      that("still not: " + what, System.nanoTime() < deadline);
      Thread.sleep(BETWEEN_LOOKS_MILLIS);
    }
  }

  /** The exception, when `action` ends with one of this class. */
  static <T extends Throwable> T fails(String what, Class<T> with, Action action) {
    try {
      action.run();
    } catch (Throwable failure) {
      if (with.isInstance(failure))
        return with.cast(failure);
      throw new AssertionError(what + ": expected " + with.getSimpleName(), failure);
    }
    throw new AssertionError(what + ": expected " + with.getSimpleName() + ", nothing was thrown");
  }

  private static String text(Object value) {
    return value == null ? "null" : value + " (" + value.getClass().getSimpleName() + ")";
  }
}
