package io.gshard.collective;

/** What is under way between processes. */
public interface Pending {

  /** Nothing: all was done at once. */
  Pending NONE =
      new Pending() {
        @Override
        public boolean isDone() {
          return true;
        }

        @Override
        public void await() {
          // It is over.
        }
      };

  /** Whether it is over; what can go on meanwhile does, without waiting. */
  boolean isDone();

  /** Waits until it is over. */
  void await();
}
