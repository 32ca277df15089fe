package io.gshard.nmt.vocab;

import static java.util.Comparator.comparingLong;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Byte-pair encoding: starting from characters, the most frequent pair of neighbours becomes a
 * piece, again and again. Counts are kept up to date, so that a merge costs no more than the words
 * that hold the pair.
 */
final class BpeLearner {

  /** Characters beyond this share of the text are left to bytes. */
  private static final double COVERAGE = 0.9995;

  /** Longer pieces would be whole phrases of the scripts without spaces. */
  private static final int LONGEST = 16;

  /** A pair of neighbours: how often it stands in the text, and in which words it may. */
  private static final class Pair {
    final int left;
    final int right;
    final IntList words = new IntList();
    long count;

    Pair(int left, int right) {
      this.left = left;
      this.right = right;
    }
  }

  private record Candidate(Pair pair, long count) {}

  private final List<String> pieces = new ArrayList<>();
  private final List<int[]> words = new ArrayList<>();
  private final List<Long> counts = new ArrayList<>();
  private final Map<Long, Pair> pairs = new HashMap<>();
  private final PriorityQueue<Candidate> queue =
      new PriorityQueue<>(
          comparingLong(Candidate::count)
              .reversed()
              .thenComparingInt(c -> c.pair().left)
              .thenComparingInt(c -> c.pair().right));

  BpeLearner(List<String> lines, int size, boolean bytes) {
    int room = size - Vocabulary.SPECIAL - (bytes ? Vocabulary.BYTES : 0);
    Map<String, long[]> texts = new LinkedHashMap<>();
    for (String line : lines) {
      Words.of(line, word -> texts.computeIfAbsent(word, w -> new long[1])[0]++);
    }
    Map<Integer, Integer> alphabet = alphabet(texts, room, bytes);
    texts.forEach((text, count) -> addWord(text, count[0], alphabet));
    queueAll();
    while (pieces.size() < room && mergeBest()) {}
  }

  /** Characters, most frequent first, then merges in order. */
  List<String> pieces() {
    return pieces;
  }

  private Map<Integer, Integer> alphabet(Map<String, long[]> texts, int room, boolean bytes) {
    Map<Integer, long[]> frequency = new HashMap<>();
    texts.forEach(
        (text, count) ->
            text.codePoints()
                .forEach(c -> frequency.computeIfAbsent(c, x -> new long[1])[0] += count[0]));
    // These two have a meaning in the file.
    frequency.remove((int) '\u2581');
    frequency.remove((int) '\n');
    long total = frequency.values().stream().mapToLong(c -> c[0]).sum();
    long covered = 0;
    Map<Integer, Integer> alphabet = new HashMap<>();
    List<Integer> byFrequency = new ArrayList<>(frequency.keySet());
    byFrequency.sort(
        Comparator.<Integer>comparingLong(c -> -frequency.get(c)[0]).thenComparing(c -> c));
    for (int c : byFrequency) {
      if (pieces.size() == room || (bytes && covered >= COVERAGE * total)) {
        break;
      }
      covered += frequency.get(c)[0];
      alphabet.put(c, pieces.size());
      pieces.add(Character.toString(c));
    }
    return alphabet;
  }

  private void addWord(String text, long count, Map<Integer, Integer> alphabet) {
    int[] symbols = text.codePoints().map(c -> alphabet.getOrDefault(c, -1)).toArray();
    if (symbols.length < 2) {
      return;
    }
    int word = words.size();
    words.add(symbols);
    counts.add(count);
    for (int i = 0; i + 1 < symbols.length; i++) {
      add(symbols[i], symbols[i + 1], word, count);
    }
  }

  private Pair add(int left, int right, int word, long count) {
    // A character left to bytes joins with nothing.
    if (left < 0 || right < 0) {
      return null;
    }
    Pair pair = pairs.computeIfAbsent(Vocabulary.pair(left, right), k -> new Pair(left, right));
    pair.count += count;
    if (count > 0 && (pair.words.size() == 0 || pair.words.get(pair.words.size() - 1) != word)) {
      pair.words.add(word);
    }
    return pair;
  }

  private void queueAll() {
    pairs.values().forEach(pair -> queue.add(new Candidate(pair, pair.count)));
  }

  /** Makes the most frequent pair a piece; false if no pair stands twice. */
  private boolean mergeBest() {
    while (!queue.isEmpty()) {
      Candidate best = queue.poll();
      Pair pair = best.pair();
      if (pair.count != best.count()) {
        if (pair.count > 1) {
          queue.add(new Candidate(pair, pair.count));
        }
        continue;
      }
      if (best.count() < 2) {
        return false;
      }
      String piece = pieces.get(pair.left) + pieces.get(pair.right);
      if (piece.length() <= LONGEST) {
        merge(pair, piece);
        return true;
      }
    }
    return false;
  }

  private void merge(Pair pair, String piece) {
    int merged = pieces.indexOf(piece);
    if (merged < 0) {
      merged = pieces.size();
      pieces.add(piece);
    }
    Map<Long, Pair> changed = new LinkedHashMap<>();
    for (int i = 0; i < pair.words.size(); i++) {
      mergeIn(pair.words.get(i), pair.left, pair.right, merged, changed);
    }
    pair.count = 0;
    changed.values().stream()
        .filter(p -> p.count > 1)
        .forEach(p -> queue.add(new Candidate(p, p.count)));
  }

  private void mergeIn(int word, int left, int right, int merged, Map<Long, Pair> changed) {
    int[] old = words.get(word);
    int[] symbols = new int[old.length];
    int length = 0;
    for (int i = 0; i < old.length; i++) {
      if (i + 1 < old.length && old[i] == left && old[i + 1] == right) {
        symbols[length++] = merged;
        i++;
      } else {
        symbols[length++] = old[i];
      }
    }
    if (length == old.length) {
      return; // an earlier merge took the pair out of this word
    }
    symbols = Arrays.copyOf(symbols, length);
    long count = counts.get(word);
    for (int i = 0; i + 1 < old.length; i++) {
      add(old[i], old[i + 1], word, -count);
    }
    for (int i = 0; i + 1 < length; i++) {
      Pair pair = add(symbols[i], symbols[i + 1], word, count);
      if (pair != null) {
        changed.put(Vocabulary.pair(pair.left, pair.right), pair);
      }
    }
    words.set(word, symbols);
  }
}
