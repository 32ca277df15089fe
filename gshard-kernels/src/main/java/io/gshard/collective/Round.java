package io.gshard.collective;

/** Messages that a collective sends and receives together, and what is made of them. */
interface Round {

  /** Reads what is to be sent, and sends. */
  Pending start(Transport.Channel channel, int tag);

  /** Takes what has come. */
  void finish();
}
