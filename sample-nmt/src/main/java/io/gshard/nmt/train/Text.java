package io.gshard.nmt.train;

import io.gshard.nmt.corpus.Corpus;
import io.gshard.nmt.corpus.Pair;
import io.gshard.nmt.data.EncodedPair;
import io.gshard.nmt.vocab.Vocabulary;
import java.util.ArrayList;
import java.util.List;

/** The corpus with the vocabularies that cut it into ids. */
record Text(Corpus corpus, Vocabulary source, Vocabulary target) {
  private static final int LARGEST_SOURCE = 4000;
  private static final int LARGEST_TARGET = 1500;

  /** Vocabularies are learned from every so-manieth line; more lines change them little. */
  private static final int LEARN_STRIDE = 3;

  /** Learns vocabularies that fit a translator. */
  static Text learn(Corpus corpus, Translator translator) {
    List<String> sources = new ArrayList<>();
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < corpus.train().size(); i += LEARN_STRIDE) {
      sources.add(corpus.train().get(i).source());
      targets.add(corpus.train().get(i).english());
    }
    return new Text(
        corpus,
        Vocabulary.learn(sources, Math.min(LARGEST_SOURCE, translator.sourceVocabulary()), true),
        Vocabulary.learn(targets, Math.min(LARGEST_TARGET, translator.targetVocabulary()), false));
  }

  List<EncodedPair> encoded() {
    return corpus.train().parallelStream()
        .map(p -> new EncodedPair(source.encode(p.source()), target.encode(p.english())))
        .toList();
  }

  /** Held-out lines, as many of each language as of any other. */
  List<Pair> heldOut(int lines) {
    List<Pair> test = corpus.test();
    int count = Math.min(lines, test.size());
    List<Pair> chosen = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      chosen.add(test.get((int) ((long) i * test.size() / count)));
    }
    return chosen;
  }
}
