package io.gshard.collective;

/** Workers that do a job together. */
public interface Team {

  int size();

  /** Runs every worker's share and returns when all are done. */
  void run(Share share);

  /** One worker's part of the job. */
  interface Share {
    void run(int worker, int workers);
  }
}
