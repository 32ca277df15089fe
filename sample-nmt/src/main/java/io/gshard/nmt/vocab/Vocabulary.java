package io.gshard.nmt.vocab;

import io.gshard.nmt.UserError;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pieces that text is cut into, learned by byte-pair encoding (Sennrich, Haddow and Birch
 * 2016).
 *
 * <p>Ids: 0 is padding, 1 the end, 2 the beginning, 3 an unknown character; then, where characters
 * fall back to bytes, 256 bytes; then characters, then merges in the order they were learned.
 * Joining two neighbours is allowed where their text is a piece, the lowest id first.
 *
 * <p>Safe for many threads.
 */
public final class Vocabulary {
  public static final int PAD = 0;
  public static final int EOS = 1;
  public static final int BOS = 2;
  public static final int UNKNOWN = 3;

  static final int SPECIAL = 4;
  static final int BYTES = 256;

  private static final String HEADER = "gshard-vocabulary 1 ";
  private static final char VISIBLE_SPACE = '\u2581';
  private static final int CACHE_LIMIT = 1 << 19;

  private final boolean bytes;
  private final List<String> pieces;
  private final int first;
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<Long, Integer> merges = new HashMap<>();
  private final Map<String, int[]> cache = new ConcurrentHashMap<>();

  /**
   * A vocabulary of given pieces.
   *
   * @param bytes whether a character that is no piece is written as its UTF-8 bytes
   * @param pieces characters, then merges; a space is a space
   */
  Vocabulary(boolean bytes, List<String> pieces) {
    this.bytes = bytes;
    this.pieces = List.copyOf(pieces);
    first = bytes ? SPECIAL + BYTES : SPECIAL;
    for (String piece : pieces) {
      ids.put(piece, first + ids.size());
    }
    for (String piece : pieces) {
      for (int cut = 1; cut < piece.length(); cut++) {
        Integer left = ids.get(piece.substring(0, cut));
        Integer right = ids.get(piece.substring(cut));
        if (left != null && right != null) {
          merges.put(pair(left, right), ids.get(piece));
        }
      }
    }
  }

  /**
   * Learns a vocabulary from text.
   *
   * @param lines the text; the same lines give the same vocabulary
   * @param size at most so many ids
   * @param bytes whether rare characters fall back to bytes; if not, all characters get a piece
   */
  public static Vocabulary learn(List<String> lines, int size, boolean bytes) {
    return new Vocabulary(bytes, new BpeLearner(lines, size, bytes).pieces());
  }

  /** How many ids there are. */
  public int size() {
    return first + pieces.size();
  }

  /** The text's ids, without beginning or end. */
  public int[] encode(String text) {
    IntList out = new IntList();
    Words.of(text, word -> out.addAll(encodeWord(word)));
    return out.toArray();
  }

  /** The text of ids, up to the first {@link #EOS}; {@link #PAD} and {@link #BOS} are skipped. */
  public String decode(int[] encoded) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int id : encoded) {
      if (id == EOS) {
        break;
      } else if (id == UNKNOWN || id < 0 || id >= size()) {
        out.writeBytes("\uFFFD".getBytes(StandardCharsets.UTF_8));
      } else if (id >= first) {
        out.writeBytes(pieces.get(id - first).getBytes(StandardCharsets.UTF_8));
      } else if (id >= SPECIAL) {
        out.write(id - SPECIAL);
      }
    }
    String text = out.toString(StandardCharsets.UTF_8);
    return text.startsWith(" ") ? text.substring(1) : text;
  }

  private int[] encodeWord(String word) {
    int[] known = cache.get(word);
    if (known == null) {
      known = merge(characters(word));
      if (cache.size() < CACHE_LIMIT) {
        cache.put(word, known);
      }
    }
    return known;
  }

  private IntList characters(String word) {
    IntList out = new IntList();
    word.codePoints()
        .forEach(
            c -> {
              String character = Character.toString(c);
              Integer id = ids.get(character);
              if (id != null) {
                out.add(id);
              } else if (bytes) {
                for (byte b : character.getBytes(StandardCharsets.UTF_8)) {
                  out.add(SPECIAL + (b & 0xff));
                }
              } else {
                out.add(UNKNOWN);
              }
            });
    return out;
  }

  private int[] merge(IntList characters) {
    int[] symbols = characters.toArray();
    int length = symbols.length;
    while (true) {
      int best = Integer.MAX_VALUE;
      int at = -1;
      for (int i = 0; i + 1 < length; i++) {
        Integer merged = merges.get(pair(symbols[i], symbols[i + 1]));
        if (merged != null && merged < best) {
          best = merged;
          at = i;
        }
      }
      if (at < 0) {
        return Arrays.copyOf(symbols, length);
      }
      symbols[at] = best;
      System.arraycopy(symbols, at + 2, symbols, at + 1, length - at - 2);
      length--;
    }
  }

  static long pair(int left, int right) {
    return (long) left << 32 | right;
  }

  /** Writes a text file: a header, then a piece a line, spaces as U+2581. */
  public void save(Path file) throws IOException {
    StringBuilder out = new StringBuilder();
    out.append(HEADER).append(bytes ? "bytes " : "plain ").append(pieces.size()).append('\n');
    for (String piece : pieces) {
      out.append(piece.replace(' ', VISIBLE_SPACE)).append('\n');
    }
    Files.writeString(file, out);
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws UserError if the file is missing or damaged
   */
  public static Vocabulary load(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new UserError(
          "cannot read the vocabulary " + file + "; give the folder of a finished run", e);
    }
    String header = lines.isEmpty() ? "" : lines.getFirst();
    List<String> pieces =
        lines.stream().skip(1).map(line -> line.replace(VISIBLE_SPACE, ' ')).toList();
    boolean bytes = header.equals(HEADER + "bytes " + pieces.size());
    if (!bytes && !header.equals(HEADER + "plain " + pieces.size())) {
      throw new UserError(
          "the vocabulary "
              + file
              + " is damaged; restore the file or train again into a new folder");
    }
    return new Vocabulary(bytes, pieces);
  }
}
