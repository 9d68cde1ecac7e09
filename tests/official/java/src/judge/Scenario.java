package judge;

/** One thing that a user of the client does, with what must come of it. Fails by an exception. */
interface Scenario {
  void run(Setup setup) throws Exception;
}
